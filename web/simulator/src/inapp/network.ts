// What the app sends: fetch, XMLHttpRequest, beacons, forms and WebSockets. Each is looked
// at, and what is meant for LINE goes to the platform.

import { networkNow, passNetwork, slowness } from "./conditions";
import { isPlatform, mapped } from "./hosts";
import { learnProfile } from "./secrets";
import { look } from "./watch";

const plainHeaders = (h: Headers): string => [...h].map(([k, v]) => `${k}: ${v}`).join("\n");

function wrapFetch(): void {
  const send = window.fetch.bind(window);
  window.fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : null;
    const url = request ? request.url : String(input);
    const method = init?.method ?? request?.method ?? "GET";
    const headers = plainHeaders(new Headers(init?.headers ?? request?.headers));
    const to = mapped(url);
    await passNetwork();
    if (to === null && !isPlatform(url)) {
      const body = init?.body ?? (request ? await request.clone().text().catch(() => "") : undefined);
      void look(method, url, headers, body, init?.referrerPolicy ?? request?.referrerPolicy);
      return send(input, init);
    }
    const answer = await (to === null ? send(input, init) : send(request ? new Request(to, request) : to, init));
    if (new URL(to ?? url, location.href).pathname === "/v2/profile" && answer.ok) {
      // Before the app has the answer: it may send it on at once.
      await answer.clone().json().then(learnProfile, () => undefined);
    }
    return answer;
  };
}

function wrapXHR(): void {
  interface Noted {
    method: string;
    url: string;
    headers: string;
    later: boolean;
  }
  const noted = new WeakMap<XMLHttpRequest, Noted>();
  const proto = XMLHttpRequest.prototype;
  const { open, send, setRequestHeader } = proto;
  proto.open = function (this: XMLHttpRequest, method: string, url: string | URL, ...rest: unknown[]) {
    noted.set(this, { method, url: String(url), headers: "", later: rest[0] !== false });
    (open as (...args: unknown[]) => void).call(this, method, mapped(url) ?? url, ...(rest.length ? rest : [true]));
  };
  proto.setRequestHeader = function (name, value) {
    const about = noted.get(this);
    if (about) about.headers += `${name}: ${value}\n`;
    setRequestHeader.call(this, name, value);
  };
  proto.send = function (body) {
    const about = noted.get(this);
    if (about) void look(about.method, about.url, about.headers, body);
    const net = networkNow();
    if (net === "slow" && about?.later) setTimeout(() => send.call(this, body), slowness);
    else if (net === "offline") failXHR(this, about?.later ?? true);
    else send.call(this, body);
  };
}

// Ends a request as without a network: no status, and the events of an error.
function failXHR(request: XMLHttpRequest, later: boolean): void {
  if (!later) throw new DOMException("A network error occurred.", "NetworkError");
  Object.defineProperty(request, "readyState", { get: () => XMLHttpRequest.DONE, configurable: true });
  setTimeout(() => {
    request.dispatchEvent(new Event("readystatechange"));
    request.dispatchEvent(new ProgressEvent("error"));
    request.dispatchEvent(new ProgressEvent("loadend"));
  }, 0);
}

function wrapBeacon(): void {
  const send = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, data) => {
    void look("POST", String(url), "", data);
    if (networkNow() === "offline") return false;
    return send(mapped(url) ?? url, data);
  };
}

// A form's address: its own, or that of the button that sent it.
function lookAtForm(form: HTMLFormElement, submitter?: HTMLElement | null): void {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const method = submitter?.getAttribute("formmethod") ?? form.method;
  const data = new FormData(form);
  if (method.toUpperCase() === "GET") {
    const query = new URLSearchParams([...data].map(([k, v]) => [k, String(v)]));
    void look("GET", new URL(action, location.href).href.split("?")[0] + "?" + query.toString(), "", undefined);
  } else {
    void look(method, action, "", data);
  }
}

function wrapForms(): void {
  addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement) lookAtForm(event.target, event.submitter);
  }, true);
  const submit = HTMLFormElement.prototype.submit; // does not tell by an event
  HTMLFormElement.prototype.submit = function () {
    lookAtForm(this);
    submit.call(this);
  };
}

function wrapWebSocket(): void {
  const Plain = window.WebSocket;
  const send = Plain.prototype.send;
  Plain.prototype.send = function (data) {
    void look("WebSocket", this.url.replace(/^ws/, "http"), "", data);
    send.call(this, data);
  };
  window.WebSocket = new Proxy(Plain, {
    construct(target, args: [string | URL, (string | string[])?]) {
      void look("WebSocket", String(new URL(args[0], location.href)).replace(/^ws/, "http"), "", undefined);
      return new target(...args);
    },
  });
}

// Scripts and pictures that the SDK and apps load from LINE's hosts.
function mapSources(): void {
  for (const proto of [HTMLScriptElement.prototype, HTMLImageElement.prototype]) {
    const src = Object.getOwnPropertyDescriptor(proto, "src");
    if (!src?.set || !src.get) continue;
    const set = src.set;
    Object.defineProperty(proto, "src", {
      ...src,
      set(this: HTMLElement, value: string) {
        set.call(this, mapped(value) ?? value);
      },
    });
  }
}

export function wrapNetwork(): void {
  wrapFetch();
  wrapXHR();
  wrapBeacon();
  wrapForms();
  wrapWebSocket();
  mapSources();
}
