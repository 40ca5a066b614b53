// LIFF browser of tegata, Apache-2.0. Built from web/simulator/src by tools/cmd/webbuild: do not edit.
"use strict";
(() => {
  // web/simulator/src/bus.ts
  var askingTime = 400;
  function main() {
    const identifier = document.body.dataset.identifier ?? "";
    const channel = new BroadcastChannel("tegata.subwindow." + identifier);
    const remembered = /* @__PURE__ */ new Map();
    const asked = /* @__PURE__ */ new Map();
    const toApp = (event) => parent.postMessage({ messageBusEvent: event }, "*");
    const tell = (note) => channel.postMessage(note);
    const reply = (to, context) => toApp({
      action: "reply",
      identifier,
      timestamp: Date.now(),
      context: JSON.stringify(context),
      replyTarget: { action: to.action, identifier: to.identifier, timestamp: to.timestamp }
    });
    const remember = (key, data) => {
      remembered.set(key, data);
      for (const done of asked.get(key) ?? []) done();
      asked.delete(key);
    };
    const ask = (key) => new Promise((done) => {
      asked.set(key, [...asked.get(key) ?? [], done]);
      tell({ kind: "ask", key });
      setTimeout(done, askingTime);
    });
    const getData = async (event, key) => {
      if (!remembered.has(key)) await ask(key);
      const data = remembered.get(key);
      if (data === void 0) reply(event, { eventName: "notFound" });
      else reply(event, { eventName: "getData", key, data });
    };
    channel.onmessage = (message) => {
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
    addEventListener("message", (message) => {
      const event = message.data?.messageBusEvent;
      if (message.source !== parent || !event || event.identifier !== identifier) return;
      let context;
      try {
        context = JSON.parse(event.context);
      } catch {
        return;
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
})();
