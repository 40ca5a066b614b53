// LIFF browser of tegata, Apache-2.0. Built from web/simulator/src/inapp by tools/cmd/webbuild: do not edit.
"use strict";
(() => {
  // web/simulator/src/inapp/settings.ts
  var namePrefix = "tegata-phone:";
  var platform = globalThis.__tegata?.platform ?? "";
  var home = globalThis.__tegata?.home ?? "";
  var phone = readPhone();
  function readPhone() {
    if (parent === window || !window.name.startsWith(namePrefix)) return null;
    try {
      return JSON.parse(window.name.slice(namePrefix.length));
    } catch {
      return null;
    }
  }

  // web/simulator/src/inapp/tell.ts
  function tell(told) {
    if (phone) parent.postMessage({ tegata: told }, platform);
  }
  var send = window.fetch.bind(window);
  function report(finding) {
    void send("/_tegata/report", {
      method: "POST",
      body: JSON.stringify(finding),
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      credentials: "omit"
    }).catch(() => void 0);
  }

  // web/simulator/src/inapp/agent.ts
  function pretend(name, value) {
    Object.defineProperty(navigator, name, { get: () => value, configurable: true });
  }
  function wearPhone() {
    if (!phone) return;
    if (phone.agent) {
      pretend("userAgent", phone.agent);
      pretend("appVersion", phone.agent.replace(/^Mozilla\//, ""));
      Object.defineProperty(navigator, "userAgentData", { get: () => void 0, configurable: true });
    }
    hideScrollbars();
    pretend("language", phone.language);
    pretend("languages", Object.freeze([phone.language]));
    if (phone.as !== "liff") return;
    window._liff = {
      features: [],
      postMessage: (name) => tell({ kind: name === "closeWindow" ? "close" : "missing", what: String(name) })
    };
    const prompt = window.prompt.bind(window);
    const language = phone.language;
    window.prompt = (message, standard) => message === "LIFF:GET_APP_LANGUAGE" ? language : prompt(message, standard);
  }
  function hideScrollbars() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":where(html) { scrollbar-width: none }");
    document.adoptedStyleSheets.push(sheet);
  }

  // web/simulator/src/inapp/session.ts
  var mark = "tegata.opening:";
  var netMark = "tegata.network";
  function freshen() {
    if (!phone || sessionStorage.getItem(mark + phone.liffId) === phone.opening) return;
    if (phone.alone) sessionStorage.clear();
    sessionStorage.removeItem(netMark);
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(`LIFF_STORE:${phone.liffId}:`) || key.startsWith(`tegata.liff:${phone.liffId}`)) sessionStorage.removeItem(key);
    }
    sessionStorage.setItem(mark + phone.liffId, phone.opening);
  }

  // web/simulator/src/inapp/conditions.ts
  var net = "online";
  var slowness = 1500;
  var networkNow = () => net;
  async function passNetwork() {
    if (net === "offline") throw new TypeError("Failed to fetch");
    if (net === "slow") await new Promise((done) => setTimeout(done, slowness));
  }
  function listenToPhone() {
    if (!phone) return;
    net = sessionStorage.getItem(netMark) ?? phone.net;
    Object.defineProperty(navigator, "onLine", { get: () => net !== "offline", configurable: true });
    addEventListener("message", (event) => {
      const wish = event.source === parent && event.origin === platform ? event.data?.tegata : void 0;
      if (!wish) return;
      event.stopImmediatePropagation();
      if (wish.reload) location.reload();
      if (wish.go) location.assign(wish.go);
      if (wish.net && wish.net !== net) {
        const was = net;
        net = wish.net;
        sessionStorage.setItem(netMark, net);
        if (was === "offline" !== (net === "offline")) window.dispatchEvent(new Event(net === "offline" ? "offline" : "online"));
      }
    }, true);
  }

  // web/simulator/src/inapp/hosts.ts
  var hosts = /* @__PURE__ */ new Set([
    "access.line.me",
    "api.line.me",
    "liff.line.me",
    "miniapp.line.me",
    "liff-ext.line.me",
    "miniapp-ext.line.me",
    "liff-subwindow.line.me",
    "liff-shortcut.line.me",
    "static.line-scdn.net",
    "liffsdk.line-scdn.net"
  ]);
  function mapped(url) {
    let u;
    try {
      u = new URL(url, location.href);
    } catch {
      return null;
    }
    const elsewhere = u.origin === home && home !== platform;
    if (!elsewhere && (u.protocol !== "https:" || !hosts.has(u.host))) return null;
    return platform + u.pathname + u.search + u.hash;
  }
  function isPlatform(url) {
    return mapped(url) !== null || new URL(url, location.href).origin === platform;
  }

  // web/simulator/src/inapp/secrets.ts
  var profile = /* @__PURE__ */ new Map();
  var names = {
    userId: "userId",
    sub: "userId",
    displayName: "displayName",
    name: "displayName",
    pictureUrl: "pictureUrl",
    picture: "pictureUrl",
    email: "email"
  };
  function collect(from, into) {
    if (typeof from !== "object" || from === null) return;
    for (const [key, value] of Object.entries(from)) {
      const name = names[key];
      if (name && typeof value === "string" && value.length > 1) into.set(value, name);
    }
  }
  function learnProfile(answer) {
    collect(answer, profile);
  }
  function parsed(text) {
    try {
      return text === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  }
  var handed = new URLSearchParams(location.hash.slice(1));
  function* liffStore() {
    for (const storage of [sessionStorage, localStorage]) {
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i);
        if (key?.startsWith("LIFF_STORE:") || key?.startsWith("tegata.liff:")) yield [key, storage.getItem(key) ?? "", storage];
      }
    }
  }
  function secrets() {
    const out = { tokens: /* @__PURE__ */ new Map(), fields: new Map(profile) };
    for (const [name, kind] of [["access_token", "access token"], ["id_token", "ID token"]]) {
      const token = handed.get(name);
      if (token) out.tokens.set(token, kind);
    }
    for (const [key, value] of liffStore()) {
      const content = parsed(value);
      const name = key.split(":").pop();
      if (typeof content === "string" && content.length > 20) {
        if (name === "accessToken") out.tokens.set(content, "access token");
        if (name === "IDToken") out.tokens.set(content, "ID token");
      }
      if (name === "decodedIDToken" || name === "context") collect(content, out.fields);
      if (name === "session" && typeof content === "object" && content !== null) {
        const session = content;
        if (typeof session.accessToken === "string") out.tokens.set(session.accessToken, "access token");
        if (typeof session.idToken === "string") out.tokens.set(session.idToken, "ID token");
        collect(session.context, out.fields);
      }
    }
    return out;
  }
  function payload(token) {
    const part = token.split(".")[1];
    if (!/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(token) || !part) return null;
    try {
      return JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/")));
    } catch {
      return null;
    }
  }
  function expired(token) {
    const exp = payload(token)?.exp;
    return typeof exp === "number" && exp * 1e3 < Date.now();
  }

  // web/simulator/src/inapp/watch.ts
  async function bodyText(body) {
    if (typeof body === "string") return body;
    if (body instanceof URLSearchParams) return body.toString();
    if (body instanceof FormData) {
      return JSON.stringify([...body.entries()].map(([k, v]) => [k, typeof v === "string" ? v : ""]));
    }
    if (body instanceof Blob) return body.size < 1e6 ? body.text() : "";
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
    if (body instanceof Document) return body.documentElement.outerHTML;
    return "";
  }
  function values(text) {
    try {
      const found = [];
      const walk = (v) => {
        if (typeof v === "string") found.push(v);
        else if (typeof v === "object" && v !== null) Object.values(v).forEach(walk);
      };
      walk(JSON.parse(text));
      return found;
    } catch {
      const form = [...new URLSearchParams(text).values()].filter((v) => v !== "");
      return [...form, text];
    }
  }
  function fieldsIn(text, known) {
    const found = /* @__PURE__ */ new Set();
    const all = values(text);
    for (const [value, name] of known.fields) {
      if (name === "displayName" ? all.includes(value) : all.some((v) => v.includes(value))) found.add(name);
    }
    return [...found].sort();
  }
  function place(method, url) {
    const u = new URL(url, location.href);
    return `${method.toUpperCase()} ${u.origin === location.origin ? "" : u.origin}${u.pathname}`;
  }
  var decoded = (text) => decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, "%25").replace(/\+/g, " "));
  var blurred = (path, known) => [...known.tokens].reduce((at, [token, name]) => at.replaceAll(token, `(${name})`), path);
  async function look(method, url, headers, body, referrerPolicy = "") {
    const target = new URL(url, location.href);
    if (isPlatform(url) || target.pathname.startsWith("/_tegata/") || !/^https?:$/.test(target.protocol)) return;
    const known = secrets();
    const text = await bodyText(body);
    const where = blurred(place(method, url), known);
    const query = decoded(target.pathname + target.search);
    lookAtReferrer(target, where, known, referrerPolicy);
    let carried = false;
    for (const [token, name] of known.tokens) {
      if (query.includes(token)) report({ code: "token-in-url", where, fields: [name] });
      const sent = headers.includes(token) || text.includes(token) || query.includes(token);
      carried || (carried = sent);
      if (sent && name === "ID token" && expired(token)) report({ code: "expired-id-token-sent", where });
    }
    const said = fieldsIn(text, known);
    const fields = said.length ? said : fieldsIn(decoded(target.search).slice(1), known);
    if (fields.length > 0 && !carried) report({ code: "profile-without-token", where, fields });
  }
  function lookAtReferrer(target, where, known, asked) {
    const address = decoded(location.pathname + location.search);
    const meta = document.querySelector('meta[name="referrer" i]')?.content;
    const policy = asked || meta || "strict-origin-when-cross-origin";
    const whole = target.origin === location.origin ? !["no-referrer", "origin", "strict-origin"].includes(policy) : ["unsafe-url", "no-referrer-when-downgrade"].includes(policy);
    for (const [token, name] of whole ? known.tokens : []) {
      if (address.includes(token)) report({ code: "token-in-referer", where, fields: [name] });
    }
  }
  function lookAtLoads() {
    const seen = /* @__PURE__ */ new Set(["fetch", "xmlhttprequest", "beacon"]);
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) {
        if (!seen.has(e.initiatorType)) void look("GET", e.name, "", void 0);
      }
    }).observe({ type: "resource", buffered: true });
    window.navigation?.addEventListener("navigate", (event) => {
      const { destination, formData } = event;
      if (!destination.sameDocument && !formData && !event.defaultPrevented) void look("GET", destination.url, "", void 0);
    });
  }
  function lookAround() {
    const known = secrets();
    for (const [key, value] of liffStore()) {
      for (const [token, name] of known.tokens) {
        if (name === "ID token" && value.includes(token) && expired(token)) report({ code: "expired-id-token-stored", where: key });
      }
    }
    for (const [place2, storage] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]]) {
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i) ?? "";
        const value = storage.getItem(key) ?? "";
        if (/^(LIFF_STORE|tegata\.liff):/.test(key)) continue;
        for (const [token, name] of known.tokens) {
          if (value.includes(token)) report({ code: "token-copied", where: `${place2} ${key}`, fields: [name] });
        }
        const issuer = payload(value)?.iss;
        if (issuer?.includes("line.me") && expired(value)) report({ code: "expired-id-token-stored", where: `${place2} ${key}` });
      }
    }
    for (const [token, name] of known.tokens) {
      if (decoded(location.pathname + location.search).includes(token)) {
        report({ code: "token-in-page-url", where: blurred(location.pathname, known), fields: [name] });
      }
    }
  }
  var initFaults = ["INIT_FAILED", "INVALID_CONFIG", "INVALID_ID_TOKEN"];
  function lookAtError(error) {
    const code = error instanceof Error ? error.code : void 0;
    if (typeof code === "string" && initFaults.includes(code)) report({ code: "init-failed", where: location.pathname, fields: [code] });
  }
  function listenToConsole() {
    const warn = console.warn.bind(console);
    console.warn = (...args) => {
      const text = args.map(String).join(" ");
      if (/is not related to the endpoint URL|not at or below the endpoint URL/.test(text)) report({ code: "init-outside-endpoint", where: location.pathname });
      warn(...args);
    };
    const fail = console.error.bind(console);
    console.error = (...args) => {
      args.forEach(lookAtError);
      fail(...args);
    };
    addEventListener("unhandledrejection", (event) => lookAtError(event.reason));
    addEventListener("DOMContentLoaded", () => {
      if (document.querySelector('meta[http-equiv="Content-Security-Policy" i]')) report({ code: "policy-in-page", where: location.pathname });
    });
  }
  var every = 2e3;
  function watch() {
    listenToConsole();
    lookAtLoads();
    lookAround();
    setInterval(lookAround, every);
  }

  // web/simulator/src/inapp/network.ts
  var plainHeaders = (h) => [...h].map(([k, v]) => `${k}: ${v}`).join("\n");
  function wrapFetch() {
    const send2 = window.fetch.bind(window);
    window.fetch = async (input, init) => {
      const request = input instanceof Request ? input : null;
      const url = request ? request.url : String(input);
      const method = init?.method ?? request?.method ?? "GET";
      const headers = plainHeaders(new Headers(init?.headers ?? request?.headers));
      const to = mapped(url);
      await passNetwork();
      if (to === null && !isPlatform(url)) {
        const body = init?.body ?? (request ? await request.clone().text().catch(() => "") : void 0);
        void look(method, url, headers, body, init?.referrerPolicy ?? request?.referrerPolicy);
        return send2(input, init);
      }
      const answer = await (to === null ? send2(input, init) : send2(request ? new Request(to, request) : to, init));
      if (new URL(to ?? url, location.href).pathname === "/v2/profile" && answer.ok) {
        await answer.clone().json().then(learnProfile, () => void 0);
      }
      return answer;
    };
  }
  function wrapXHR() {
    const noted = /* @__PURE__ */ new WeakMap();
    const proto = XMLHttpRequest.prototype;
    const { open, send: send2, setRequestHeader } = proto;
    proto.open = function(method, url, ...rest) {
      noted.set(this, { method, url: String(url), headers: "", later: rest[0] !== false });
      open.call(this, method, mapped(url) ?? url, ...rest.length ? rest : [true]);
    };
    proto.setRequestHeader = function(name, value) {
      const about = noted.get(this);
      if (about) about.headers += `${name}: ${value}
`;
      setRequestHeader.call(this, name, value);
    };
    proto.send = function(body) {
      const about = noted.get(this);
      if (about) void look(about.method, about.url, about.headers, body);
      const net2 = networkNow();
      if (net2 === "slow" && about?.later) setTimeout(() => send2.call(this, body), slowness);
      else if (net2 === "offline") failXHR(this, about?.later ?? true);
      else send2.call(this, body);
    };
  }
  function failXHR(request, later) {
    if (!later) throw new DOMException("A network error occurred.", "NetworkError");
    Object.defineProperty(request, "readyState", { get: () => XMLHttpRequest.DONE, configurable: true });
    setTimeout(() => {
      request.dispatchEvent(new Event("readystatechange"));
      request.dispatchEvent(new ProgressEvent("error"));
      request.dispatchEvent(new ProgressEvent("loadend"));
    }, 0);
  }
  function wrapBeacon() {
    const send2 = navigator.sendBeacon.bind(navigator);
    navigator.sendBeacon = (url, data) => {
      void look("POST", String(url), "", data);
      if (networkNow() === "offline") return false;
      return send2(mapped(url) ?? url, data);
    };
  }
  function lookAtForm(form, submitter) {
    const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    const method = submitter?.getAttribute("formmethod") ?? form.method;
    const data = new FormData(form);
    if (method.toUpperCase() === "GET") {
      const query = new URLSearchParams([...data].map(([k, v]) => [k, String(v)]));
      void look("GET", new URL(action, location.href).href.split("?")[0] + "?" + query.toString(), "", void 0);
    } else {
      void look(method, action, "", data);
    }
  }
  function wrapForms() {
    addEventListener("submit", (event) => {
      if (event.target instanceof HTMLFormElement) lookAtForm(event.target, event.submitter);
    }, true);
    const submit = HTMLFormElement.prototype.submit;
    HTMLFormElement.prototype.submit = function() {
      lookAtForm(this);
      submit.call(this);
    };
  }
  function wrapWebSocket() {
    const Plain = window.WebSocket;
    const send2 = Plain.prototype.send;
    Plain.prototype.send = function(data) {
      void look("WebSocket", this.url.replace(/^ws/, "http"), "", data);
      send2.call(this, data);
    };
    window.WebSocket = new Proxy(Plain, {
      construct(target, args) {
        void look("WebSocket", String(new URL(args[0], location.href)).replace(/^ws/, "http"), "", void 0);
        return new target(...args);
      }
    });
  }
  function mapSources() {
    for (const proto of [HTMLScriptElement.prototype, HTMLImageElement.prototype]) {
      const src = Object.getOwnPropertyDescriptor(proto, "src");
      if (!src?.set || !src.get) continue;
      const set = src.set;
      Object.defineProperty(proto, "src", {
        ...src,
        set(value) {
          set.call(this, mapped(value) ?? value);
        }
      });
    }
  }
  function wrapNetwork() {
    wrapFetch();
    wrapXHR();
    wrapBeacon();
    wrapForms();
    wrapWebSocket();
    mapSources();
  }

  // web/simulator/src/inapp/windows.ts
  function catchJumps() {
    const navigation = window.navigation;
    navigation?.addEventListener("navigate", (event) => {
      const jump = event;
      const url = jump.destination.url;
      if (/^(liff|line):/.test(url)) {
        event.preventDefault();
        nativeJump(url);
        return;
      }
      const to = mapped(url) ?? (isLoginPage(url) ? url : null);
      if (to === null) return;
      event.preventDefault();
      leave(to);
    });
  }
  function isLoginPage(url) {
    const u = new URL(url);
    return phone !== null && u.origin === platform && /^\/(oauth2|liff)\//.test(u.pathname);
  }
  function leave(to) {
    if (!phone) {
      location.assign(to);
      return;
    }
    const path = new URL(to).pathname;
    tell(/^\/\d+-[0-9A-Za-z]{8}(\/|$)/.test(path) ? { kind: "leave", what: to } : { kind: "login", what: to });
  }
  function nativeJump(raw) {
    const url = new URL(raw);
    const query = url.searchParams;
    switch (url.protocol + "//" + (url.host || url.pathname.replace(/^\/+/, "").split("/")[0])) {
      case "liff://close":
        tell({ kind: "close" });
        break;
      case "liff://subwindow":
        tell({ kind: "subwindow", url: query.get("url") ?? "", msit: query.get("msit") ?? "" });
        break;
      case "line://picker": {
        const data = JSON.parse(query.get("data") ?? "{}");
        tell({ kind: "picker", ott: query.get("ott") ?? "", messages: data.messages ?? [], isMultiple: data.isMultiple === true });
        break;
      }
      case "liff://app":
        break;
      // LINE's app changes what the SDK may do; here nothing changes
      default:
        tell({ kind: "missing", what: raw.split("?")[0] ?? raw });
    }
  }
  function openedWindow(opened) {
    const place2 = new Proxy({}, {
      set(_target, name, value) {
        if (name === "href") opened.location.href = mapped(value) ?? value;
        return true;
      },
      get(_target, name) {
        if (name === "replace" || name === "assign") return (url) => opened.location.replace(mapped(url) ?? url);
        return Reflect.get(opened.location, name);
      }
    });
    return new Proxy({}, {
      get(_target, name) {
        switch (name) {
          case "location":
            return place2;
          case "closed":
            return opened.closed;
          case "postMessage":
            return (message, to) => opened.postMessage(message, to.startsWith("https://") && mapped(to) ? platform : to);
          case "close":
            return () => opened.close();
          case "focus":
            return () => opened.focus();
          default: {
            const value = Reflect.get(opened, name);
            return typeof value === "function" ? value.bind(opened) : value;
          }
        }
      },
      set(_target, name, value) {
        if (name === "location") opened.location.href = mapped(value) ?? value;
        else Reflect.set(opened, name, value);
        return true;
      }
    });
  }
  var externalMark = "is_liff_external_open_window";
  function wrapOpen() {
    const open = window.open.bind(window);
    window.open = (url, target, features) => {
      const text = String(url ?? "");
      if (phone && phone.as === "liff" && text !== "") {
        const to = new URL(text, location.href);
        const external = to.searchParams.get(externalMark) === "true";
        to.searchParams.delete(externalMark);
        tell({ kind: "open", what: mapped(to) ?? to.href, external });
        return null;
      }
      const opened = open(mapped(text) ?? url, target, features);
      return opened && text === "" ? openedWindow(opened) : opened;
    };
  }
  function wrapFrames() {
    const proto = HTMLIFrameElement.prototype;
    const found = Object.getOwnPropertyDescriptor(proto, "contentWindow");
    const get = found?.get;
    if (!found || !get) return;
    const done = /* @__PURE__ */ new WeakSet();
    Object.defineProperty(proto, "contentWindow", {
      ...found,
      get() {
        const inner = get.call(this);
        if (this.src === "about:blank" && inner) {
          try {
            const form = inner.HTMLFormElement.prototype;
            if (!done.has(form)) {
              done.add(form);
              const submit = form.submit;
              form.submit = function() {
                this.action = mapped(this.action) ?? this.action;
                submit.call(this);
              };
            }
          } catch {
          }
        }
        return inner;
      }
    });
  }
  function renameMessages() {
    addEventListener("message", (event) => {
      if (event.origin !== platform || event.source === parent && phone) return;
      event.stopImmediatePropagation();
      const data = event.data;
      const bus = typeof data === "object" && data !== null && ("messageBusEvent" in data || Object.keys(data).some((k) => k.startsWith("iframe-")));
      window.dispatchEvent(new MessageEvent("message", {
        data: event.data,
        source: event.source,
        ports: [...event.ports],
        origin: bus ? "https://liff-subwindow.line.me" : "https://access.line.me"
      }));
    }, true);
  }
  function wrapClose() {
    const close = window.close.bind(window);
    window.close = () => {
      if (phone) tell({ kind: "close" });
      else close();
    };
  }
  function wrapWindows() {
    catchJumps();
    wrapOpen();
    wrapFrames();
    renameMessages();
    wrapClose();
  }

  // web/simulator/src/inapp/inapp.ts
  function showInside() {
    for (const level of ["log", "info", "warn", "error", "debug"]) {
      const say = console[level].bind(console);
      console[level] = (...args) => {
        say(...args);
        tell({ kind: "console", level, what: args.map((a) => a instanceof Error ? a.message : typeof a === "object" ? safeJSON(a) : String(a)).join(" ").slice(0, 2e3) });
      };
    }
    addEventListener("error", (event) => tell({ kind: "console", level: "error", what: event.message }));
    addEventListener("unhandledrejection", (event) => tell({ kind: "console", level: "error", what: String(event.reason?.message ?? event.reason) }));
    let last = "";
    const showStorage = () => {
      const keys = Object.fromEntries([...liffStore()].map(([k, v]) => [k, v]));
      const now = JSON.stringify(keys);
      if (now !== last) tell({ kind: "storage", keys });
      last = now;
    };
    addEventListener("DOMContentLoaded", () => tell({ kind: "loaded", what: location.href.split("#")[0] ?? "" }));
    setInterval(showStorage, 700);
  }
  function safeJSON(value) {
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  }
  if (platform && !globalThis.__tegataInApp) {
    globalThis.__tegataInApp = true;
    freshen();
    wearPhone();
    listenToPhone();
    wrapWindows();
    wrapNetwork();
    watch();
    if (phone) showInside();
  }
})();
