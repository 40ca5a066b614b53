// The chat behind Compact and Tall. Each user has a chat of their own with each account,
// group and room: what was sent in one is not seen in another.

import type { App } from "./api";
import { $, h, say } from "./dom";
import { state } from "./state";

export interface Chat {
  key: string;
  name: string;
}

// The chat from which an app is opened, as chosen now.
export function chatOf(app: App | undefined): Chat {
  const names: Record<string, string> = { utou: app?.botName || "One-to-one chat", group: "Group chat", room: "Chat room", none: "Opened outside of a chat" };
  const name = names[state.chat] ?? "";
  return { key: [state.user, state.chat, state.chat === "none" ? "" : state.chatid || name].join("\n"), name };
}

interface Line {
  kind: "mine" | "aside";
  text: string;
}

const lines = new Map<string, Line[]>();
let shown: Chat = { key: "", name: "" };

const row = (l: Line): HTMLElement => h("li", { class: l.kind }, h("span", {}, l.text));

// Shows a chat, at its end.
export function drawChat(chat: Chat): void {
  $("chat-name").textContent = chat.name;
  if (chat.key !== shown.key) {
    shown = chat;
    $("bubbles").replaceChildren(...(lines.get(chat.key) ?? []).map(row));
  }
  toEnd();
}

const toEnd = (): void => {
  const at = $("chat-log");
  at.scrollTop = at.scrollHeight;
};

function add(chat: Chat, line: Line): void {
  lines.set(chat.key, [...(lines.get(chat.key) ?? []), line]);
  if (chat.key !== shown.key) return;
  $("bubbles").append(row(line));
  say(line.text);
  toEnd();
}

// A message of the user.
export const bubble = (chat: Chat, text: string): void => add(chat, { kind: "mine", text });

// What happened beside the chat that is shown.
export const aside = (text: string): void => add(shown, { kind: "aside", text });
