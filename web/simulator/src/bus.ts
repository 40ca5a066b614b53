// The hidden page that carries messages between a main window and its sub window, by the
// LIFF SDK's protocol. What it carries is encrypted by a key that it does not know. The
// two windows frame one page each; a BroadcastChannel joins them.

interface BusEvent {
  action: string;
  identifier: string;
  timestamp: number;
  context: string;
  replyTarget?: { action: string; identifier: string; timestamp: number };
}

interface BusContext {
  eventName: string;
  key?: string;
  data?: string;
}

type Note =
  | { kind: "event"; event: BusEvent }
  | { kind: "set"; key: string; data: string | undefined }
  | { kind: "ask"; key: string }
  | { kind: "drop" };

// How long the other page may take to say what it remembers, in milliseconds.
const askingTime = 400;

function main(): void {
  const identifier = document.body.dataset.identifier ?? "";
  const channel = new BroadcastChannel("tegata.subwindow." + identifier);
  const remembered = new Map<string, string | undefined>();
  const asked = new Map<string, (() => void)[]>();

  const toApp = (event: BusEvent): void => parent.postMessage({ messageBusEvent: event }, "*");
  const tell = (note: Note): void => channel.postMessage(note);

  // A reply's action differs from every one that the SDK sends: it drops what looks like
  // its own.
  const reply = (to: BusEvent, context: BusContext): void =>
    toApp({
      action: "reply", identifier, timestamp: Date.now(), context: JSON.stringify(context),
      replyTarget: { action: to.action, identifier: to.identifier, timestamp: to.timestamp },
    });

  const remember = (key: string, data: string | undefined): void => {
    remembered.set(key, data);
    for (const done of asked.get(key) ?? []) done();
    asked.delete(key);
  };

  // Asks the page of the other window for what it remembers.
  const ask = (key: string): Promise<void> =>
    new Promise((done) => {
      asked.set(key, [...(asked.get(key) ?? []), done]);
      tell({ kind: "ask", key });
      setTimeout(done, askingTime);
    });

  const getData = async (event: BusEvent, key: string): Promise<void> => {
    if (!remembered.has(key)) await ask(key);
    const data = remembered.get(key);
    if (data === undefined) reply(event, { eventName: "notFound" });
    else reply(event, { eventName: "getData", key, data });
  };

  channel.onmessage = (message: MessageEvent<Note>) => {
    const note = message.data;
    switch (note.kind) {
      case "event":
        toApp(note.event);
        break;
      case "set":
        remember(note.key, note.data);
        break;
      case "ask":
        if (remembered.has(note.key)) tell({ kind: "set", key: note.key, data: remembered.get(note.key) });
        break;
      case "drop":
        remembered.clear();
    }
  };

  addEventListener("message", (message: MessageEvent<unknown>) => {
    const event = (message.data as { messageBusEvent?: BusEvent } | null)?.messageBusEvent;
    if (message.source !== parent || !event || event.identifier !== identifier) return;
    let context: BusContext;
    try {
      context = JSON.parse(event.context) as BusContext;
    } catch {
      return; // not the SDK's: it writes JSON
    }
    const key = context.key ?? "appData";
    switch (context.eventName) {
      case "setData":
        remember(key, context.data);
        tell({ kind: "set", key, data: context.data });
        reply(event, { eventName: "setData" });
        break;
      case "getData":
        void getData(event, key);
        break;
      case "teardown":
        remembered.clear();
        tell({ kind: "drop" });
        reply(event, { eventName: "teardown" });
        break;
      default:
        tell({ kind: "event", event });
    }
  });

  parent.postMessage({ ["iframe-" + identifier + "-ready"]: true }, "*");
}

main();
