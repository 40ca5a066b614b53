// What the page asks its own server.

export interface App {
  liffId: string;
  channelId: string;
  channelName: string;
  description: string;
  endpointUrl: string;
  view: "compact" | "tall" | "full";
  moduleMode: boolean;
  qrCode: boolean;
  scopes: string[];
  botId: string;
  botName: string;
  origin: string;
  skipped: string;
  notes: { header: string; from: string; to: string; why: string }[];
}

export interface Person {
  handle: string;
  name: string;
  picture: string;
  email: string;
  note: string;
  language: string;
  friends: string[];
}

export interface World {
  apps: App[];
  people: Person[];
  platform: string;
}

export interface Launch {
  id: string;
  liffId: string;
  channelId: string;
  userId: string;
  url: string;
  endpointUrl: string;
  accessToken: string;
  idToken: string;
  scopes: string[];
  context: Record<string, unknown>;
  expiresAt: string;
}

export interface Message {
  type: string;
  text?: string;
  altText?: string;
}

export interface Finding {
  code: string;
  app: string;
  where?: string;
  fields?: string[];
}

export interface Entry {
  seq: number;
  time: string;
  kind: "platform" | "server" | "finding";
  from?: string;
  method?: string;
  url?: string;
  status?: number;
  millis: number;
  requestId?: string;
  token?: string;
  curl?: string;
  finding?: Finding;
}

export interface Why {
  kind: string;
  message?: string;
  check?: string;
  given?: string;
  expected?: string;
  fix?: string;
}

export class Refused extends Error {
  constructor(message: string, readonly fix: string, readonly status: number) {
    super(message);
  }
}

export const path = document.body.dataset.path ?? "";
export const platform = document.body.dataset.platform ?? "";

export async function ask<T>(what: string, body?: unknown): Promise<T> {
  const answer = await fetch(path + "api/" + what, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }).catch(() => {
    throw new Refused("tegata dev does not answer", "Look at its terminal, and start it again if it has ended.", 0);
  });
  const data = (await answer.json()) as T & { message?: string; fix?: string };
  if (!answer.ok) throw new Refused(data.message ?? `status ${answer.status}`, data.fix ?? "", answer.status);
  return data;
}
