// LIFF browser of tegata, Apache-2.0. Built from web/simulator/src/page by tools/cmd/webbuild: do not edit.
"use strict";
(() => {
  var __defProp = Object.defineProperty;
  var __defNormalProp = (obj, key, value) => key in obj ? __defProp(obj, key, { enumerable: true, configurable: true, writable: true, value }) : obj[key] = value;
  var __publicField = (obj, key, value) => __defNormalProp(obj, typeof key !== "symbol" ? key + "" : key, value);

  // web/simulator/src/page/api.ts
  var Refused = class extends Error {
    constructor(message, fix, status) {
      super(message);
      __publicField(this, "fix", fix);
      __publicField(this, "status", status);
    }
  };
  var path = document.body.dataset.path ?? "";
  var platform = document.body.dataset.platform ?? "";
  async function ask(what, body) {
    const answer = await fetch(path + "api/" + what, body === void 0 ? {} : {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body)
    }).catch(() => {
      throw new Refused("tegata dev does not answer", "Look at its terminal, and start it again if it has ended.", 0);
    });
    const data2 = await answer.json();
    if (!answer.ok) throw new Refused(data2.message ?? `status ${answer.status}`, data2.fix ?? "", answer.status);
    return data2;
  }

  // web/simulator/src/page/clock.ts
  var ahead = 0;
  async function syncClock() {
    const answer = await ask("now");
    ahead = new Date(answer.now).getTime() - Date.now();
  }
  function offset() {
    const s = Math.round(Math.abs(ahead) / 1e3);
    if (s < 5) return "";
    const parts = [[Math.floor(s / 86400), "d"], [Math.floor(s % 86400 / 3600), "h"], [Math.floor(s % 3600 / 60), "min"], [s % 60, "s"]];
    return (ahead > 0 ? "+" : "\u2212") + parts.filter(([n]) => n > 0).slice(0, 2).map(([n, unit]) => `${n} ${unit}`).join(" ");
  }
  var now = () => Date.now() + ahead;

  // web/simulator/src/page/dom.ts
  function h(tag, props = {}, ...children) {
    const el = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (typeof value === "function") el.addEventListener(name.slice(2), value);
      else if (value === true) el.setAttribute(name, "");
      else if (value !== false && value !== null && value !== void 0) el.setAttribute(name, String(value));
    }
    el.append(...children.filter((c) => c !== null));
    return el;
  }
  function $(id) {
    const el = document.getElementById(id);
    if (!el) throw new Error("the page has no #" + id);
    return el;
  }
  function say(text2) {
    $("said").textContent = text2;
  }
  var noticeTime = 5e3;
  var noticeEnd = 0;
  function notice(text2) {
    const at = $("notice");
    at.textContent = text2;
    at.hidden = false;
    clearTimeout(noticeEnd);
    noticeEnd = setTimeout(() => at.hidden = true, noticeTime);
    say(text2);
  }
  async function copy(text2, what) {
    try {
      await navigator.clipboard.writeText(text2);
      notice(what + " copied");
    } catch {
      notice("The browser did not let the page copy: select the text instead");
    }
  }
  function keepFocus(at, nearest = "") {
    const has = document.activeElement;
    if (!(has instanceof HTMLElement) || !at.contains(has)) return () => void 0;
    const item = nearest ? has.closest(nearest) : null;
    const mark = item?.dataset.seq;
    const stops = () => {
      const within = mark ? at.querySelector(`[data-seq="${mark}"]`) : at;
      return [...within?.querySelectorAll("button, summary, pre[tabindex]") ?? []];
    };
    const label = has.textContent;
    const nth = stops().indexOf(has);
    return () => {
      const now2 = stops();
      (now2.find((e) => e.textContent === label) ?? now2[nth])?.focus();
    };
  }
  var letters = new Intl.Segmenter();
  function initial(name) {
    return [...letters.segment(name.trim())][0]?.segment ?? "?";
  }
  function clockTime(when) {
    return new Date(when).toLocaleTimeString("en-GB");
  }

  // web/simulator/src/page/link.ts
  var liffURL = /^\/(\d+-[0-9A-Za-z]{8})(.*)$/;
  function readLink(text2) {
    const given = text2.trim();
    if (given === "" || /^[/?#]/.test(given)) return { liffId: "", rest: given };
    let u;
    try {
      u = new URL(given);
    } catch {
      return null;
    }
    const ours = ["https://liff.line.me", "https://miniapp.line.me", platform].includes(u.origin);
    const found = liffURL.exec(u.pathname);
    if (!ours || !found) return null;
    return { liffId: found[1] ?? "", rest: (found[2] ?? "") + u.search + u.hash };
  }

  // web/simulator/src/page/state.ts
  var standard = {
    app: "",
    link: "",
    as: "liff",
    auto: "works",
    chat: "utou",
    chatid: "",
    view: "",
    keep: "no",
    device: "390",
    os: "ios",
    line: "15.12.1",
    lang: "ja",
    theme: "light",
    net: "online",
    bar: "",
    scheme: "light",
    user: "",
    friend: "",
    scopes: "*",
    consent: "no",
    tab: "tokens"
  };
  var state = read();
  function read() {
    const query = new URLSearchParams(location.search);
    const out = { ...standard };
    for (const name of Object.keys(standard)) out[name] = query.get(name) ?? standard[name];
    return out;
  }
  function set(change) {
    Object.assign(state, change);
    const query = new URLSearchParams();
    for (const name of Object.keys(standard)) {
      if (state[name] !== standard[name]) query.set(name, state[name]);
    }
    const text2 = query.toString();
    history.replaceState(null, "", location.pathname + (text2 ? "?" + text2 : ""));
  }

  // web/simulator/src/page/chat.ts
  function chatOf(app2) {
    const names = { utou: app2?.botName || "One-to-one chat", group: "Group chat", room: "Chat room", none: "Opened outside of a chat" };
    const name = names[state.chat] ?? "";
    return { key: [state.user, state.chat, state.chat === "none" ? "" : state.chatid || name].join("\n"), name };
  }
  var lines = /* @__PURE__ */ new Map();
  var shown = { key: "", name: "" };
  var row = (l) => h("li", { class: l.kind }, h("span", {}, l.text));
  function drawChat(chat) {
    $("chat-name").textContent = chat.name;
    if (chat.key !== shown.key) {
      shown = chat;
      $("bubbles").replaceChildren(...(lines.get(chat.key) ?? []).map(row));
    }
    toEnd();
  }
  var toEnd = () => {
    const at = $("chat-log");
    at.scrollTop = at.scrollHeight;
  };
  function add(chat, line2) {
    lines.set(chat.key, [...lines.get(chat.key) ?? [], line2]);
    if (chat.key !== shown.key) return;
    $("bubbles").append(row(line2));
    say(line2.text);
    toEnd();
  }
  var bubble = (chat, text2) => add(chat, { kind: "mine", text: text2 });
  var aside = (text2) => add(shown, { kind: "aside", text: text2 });

  // web/simulator/src/page/opened.ts
  var mayRest = (one) => one.launch !== null && one.view === "full" && !one.app.moduleMode && !one.msit;

  // web/simulator/src/page/screen.ts
  function card(title, words, buttons = []) {
    const at = $("card");
    at.replaceChildren(h("h2", {}, title), ...words.map((w) => h("p", {}, w)), h("p", { class: "buttons" }, ...buttons));
    at.hidden = false;
  }
  function drawWindow(one, resting2, chat) {
    const device = document.querySelector(".device");
    if (device) {
      device.dataset.theme = state.theme;
      device.dataset.width = state.device;
      device.dataset.os = state.os;
      device.dataset.net = state.net;
    }
    $("signal").textContent = state.net === "offline" ? "no network" : state.net === "slow" ? "slow network" : "LINE " + state.line;
    $("resting").replaceChildren(...resting2);
    $("browser").hidden = !one;
    if (one) drawApp(one);
    drawChat(chat);
  }
  function drawApp(one) {
    $("card").hidden = true;
    $("browser").dataset.view = one.view;
    $("title").textContent = one.app.description || one.app.channelName;
    $("domain").textContent = new URL(one.app.endpointUrl).host;
    $("action").hidden = one.app.moduleMode && one.as === "liff";
    $("minimise").hidden = !mayRest(one);
    $("waiting").hidden = one.loaded;
    $("waiting").textContent = `Waiting for ${new URL(one.app.endpointUrl).host} \u2026`;
    color(one);
  }
  function color(one) {
    const bar = document.querySelector(".bar");
    const menu2 = one.launch?.context.menuColorSetting;
    const dark = state.theme === "dark" && menu2?.adaptableColorSchemes?.includes("dark");
    const colors = menu2?.[dark ? "darkModeColor" : "lightModeColor"] ?? {};
    bar?.style.setProperty("--title", colors.titleTextColor ?? "#111111");
    bar?.style.setProperty("--subtitle", colors.titleSubtextColor === "#B7B7B7" ? "#6b6b6b" : colors.titleSubtextColor ?? "#6b6b6b");
    bar?.style.setProperty("--back", colors.titleBackgroundColor ?? "#FFFFFF");
  }

  // web/simulator/src/page/phone.ts
  var stack = [];
  var resting = [];
  var last = null;
  var chosen;
  var listeners = { changed: [], loaded: [] };
  var restTime = 12 * 36e5;
  var maxResting = 5;
  var current = () => last;
  var top = () => stack.at(-1);
  var windows = () => [...stack, ...resting];
  function onChange(f) {
    listeners.changed.push(f);
  }
  function onLoad(f) {
    listeners.loaded.push(f);
  }
  var changed = () => listeners.changed.forEach((f) => f());
  function agent(as) {
    if (as === "external") return "";
    const line2 = `Line/${state.line}` + (as === "liff" ? " LIFF" : "");
    return state.os === "ios" ? `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari ${line2}` : `Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 ${line2}`;
  }
  var viewOf = (app2) => state.as === "external" ? "full" : state.view || app2.view;
  function choose(app2) {
    chosen = app2;
  }
  var turn = Promise.resolve();
  function open(app2, rest, msit = "") {
    const opening2 = turn.then(() => openNow(app2, rest, msit));
    turn = opening2.catch(() => void 0);
    return opening2;
  }
  async function openNow(app2, rest, msit) {
    if (!app2.origin) {
      card("This app cannot be opened here", [app2.skipped]);
      return;
    }
    if (!msit) {
      while (stack.length > 0) await close(false);
      for (const old of resting.filter((o) => o.app.liffId === app2.liffId)) await end(old);
    }
    const launch = state.as === "liff" ? await launchApp(app2, rest, msit).catch((error) => {
      if (stack.length === 0) card("Not open", [`${app2.description || app2.liffId} could not be opened.`], [openAgain("Try again")]);
      throw error;
    }) : null;
    const opening2 = windows().find((o) => o.app.liffId === app2.liffId)?.opening ?? crypto.randomUUID();
    const one = {
      opening: opening2,
      app: app2,
      launch,
      as: state.as,
      view: viewOf(app2),
      revokedAt: "",
      msit,
      frame: newFrame(app2, msit, opening2),
      at: "",
      chat: chatOf(app2),
      bubbles: 0,
      until: 0,
      loaded: false
    };
    one.frame.addEventListener("load", () => {
      one.loaded = true;
      draw();
      listeners.loaded.forEach((f) => f());
    });
    one.frame.src = launch ? launch.url : endpointAt(app2, rest);
    stack.push(one);
    last = one;
    draw();
    if (matchMedia("(max-width: 760px)").matches) $("phone").scrollIntoView();
    say(app2.description + " is open");
  }
  function newFrame(app2, msit, opening2) {
    const frame = document.createElement("iframe");
    frame.title = app2.description || app2.liffId;
    frame.name = "tegata-phone:" + JSON.stringify({
      as: state.as,
      agent: agent(state.as) + (msit ? "/SubWindow" : ""),
      language: state.lang,
      sub: msit !== "",
      liffId: app2.liffId,
      opening: opening2,
      net: state.net,
      alone: windows().every((one) => one.app.origin !== app2.origin)
    });
    frame.allow = "clipboard-write";
    return frame;
  }
  function endpointAt(app2, rest) {
    const u = new URL(app2.endpointUrl);
    const at = app2.origin + u.pathname + u.search;
    return rest ? at + (u.search ? "&" : "?") + "liff.state=" + encodeURIComponent(rest) : at;
  }
  var grantedScopes = () => state.scopes === "*" ? void 0 : state.scopes.split(" ").filter(Boolean);
  function launchApp(app2, rest, msit) {
    return ask("launch", {
      liffId: app2.liffId,
      person: state.user,
      chat: state.chat,
      rest,
      view: viewOf(app2),
      ...state.chatid && state.chat !== "none" ? { chatId: state.chatid } : {},
      ...state.scopes === "*" ? {} : { scopes: grantedScopes() },
      ...state.friend === "" ? {} : { friend: state.friend === "yes" },
      ...state.consent === "yes" ? { consentWindow: true } : {},
      ...state.bar === "" ? {} : { headerColor: state.bar },
      ...state.scheme === "both" ? { adaptsToDark: true } : {},
      ...msit ? { subWindow: msit } : {}
    });
  }
  async function grant(one, scopes) {
    if (!one.launch) return null;
    const more = await ask(`launch/${one.launch.id}/grant`, { scopes });
    Object.assign(one.launch, { accessToken: more.accessToken, idToken: more.idToken, scopes: more.scopes, expiresAt: more.expiresAt });
    set({ scopes: one.app.scopes.every((s) => more.scopes.includes(s)) ? "*" : more.scopes.join(" ") });
    changed();
    return more;
  }
  async function close(show2 = true) {
    const one = stack.at(-1);
    if (!one) return;
    if (state.keep === "yes" && mayRest(one)) {
      await minimise();
      if (show2) restingCard(one);
      return;
    }
    await finish(one, show2);
  }
  async function finish(one, show2 = true) {
    await end(one);
    if (one.msit) await ask(`subwindow/${one.msit}`, { status: "close" }).catch(() => void 0);
    last = stack.at(-1) ?? one;
    draw();
    if (stack.length === 0 && show2) closedCard(one);
  }
  async function end(one) {
    one.frame.remove();
    for (const list of [stack, resting]) {
      const at = list.indexOf(one);
      if (at >= 0) list.splice(at, 1);
    }
    try {
      if (one.launch && !one.revokedAt) {
        const out = await ask(`launch/${one.launch.id}/close`, { keep: false });
        one.revokedAt = out.revokedAt ?? "";
      }
    } catch (error) {
      if (stack.length === 0) card("Closed here, but not revoked", ["The access token may still be good."], [openAgain()]);
      throw error;
    } finally {
      draw();
    }
  }
  async function minimise() {
    const one = stack.at(-1);
    if (!one || !mayRest(one)) return;
    stack.pop();
    one.until = now() + restTime;
    resting.push(one);
    const oldest = resting.length > maxResting ? resting[0] : void 0;
    if (oldest) await end(oldest);
    draw();
    say(`${one.app.description} is minimised`);
  }
  async function resume(one) {
    await syncClock();
    if (now() >= one.until) {
      await end(one);
      await open(one.app, "");
      say("The 12 hours are over: the app starts anew");
      return;
    }
    while (stack.length > 0) await close(false);
    resting.splice(resting.indexOf(one), 1);
    stack.push(one);
    last = one;
    draw();
    say(one.app.description + " is open again");
  }
  var openAgain = (label = "Open again") => h("button", { type: "button", class: "main", onclick: () => $("open").click() }, label);
  var tryOld = () => void 0;
  function onTry(f) {
    tryOld = f;
  }
  function closedCard(one) {
    const words = one.revokedAt ? `Access token revoked at ${clockTime(one.revokedAt)}.` : "It ran without tokens of the phone.";
    card("Closed", [words], [
      openAgain(),
      one.revokedAt ? h("button", { type: "button", onclick: () => tryOld() }, "Try the old token against your server") : null
    ]);
    say("Closed. " + words);
  }
  function restingCard(one) {
    const words = `The access token lives on: the app can be resumed until ${clockTime(one.until)}.`;
    card("Closed", [words], [
      h("button", { type: "button", class: "main", onclick: () => void resume(one) }, "Resume"),
      h("button", { type: "button", onclick: () => void finish(one) }, "End it")
    ]);
    say("Closed. " + words);
  }
  function draw() {
    for (const one of windows()) {
      one.frame.style.colorScheme = state.theme;
      if (one.frame.parentElement === null) $("frame").append(one.frame);
      one.frame.hidden = one !== stack.at(-1);
    }
    drawWindow(stack.at(-1), resting.map((one) => h(
      "button",
      { type: "button", class: "bubble", title: `Resume ${one.app.description}`, onclick: () => void resume(one) },
      h("span", { "aria-hidden": "true" }, initial(one.app.description || one.app.liffId)),
      h("span", { class: "said" }, `Resume ${one.app.description}`)
    )), stack[0]?.chat ?? chatOf(chosen));
    changed();
  }
  async function refreshChat() {
    const one = stack[0] ?? last;
    if (!one?.launch) return;
    const answer = await ask("launch/" + one.launch.id);
    for (const m of answer.messages.slice(one.bubbles)) bubble(one.chat, m.text ?? m.altText ?? `[${m.type}]`);
    one.bubbles = answer.messages.length;
  }
  function wish(one, what) {
    one.frame.contentWindow?.postMessage({ tegata: what }, one.app.origin);
  }
  var setNetwork = () => windows().forEach((one) => wish(one, { net: state.net }));
  var reload = () => {
    const one = stack.at(-1);
    if (one) wish(one, { reload: true });
  };

  // web/simulator/src/page/controls.ts
  var world = { apps: [], people: [], platform: "" };
  var app = () => world.apps.find((a) => a.liffId === state.app);
  function appByID(id) {
    return world.apps.find((a) => a.liffId === id);
  }
  var plain = ["as", "auto", "chat", "chatid", "view", "keep", "device", "os", "line", "lang", "theme", "net", "bar", "scheme", "consent", "link"];
  var atOpening = ["app", "link", "as", "chat", "chatid", "view", "os", "line", "lang", "bar", "scheme", "user", "friend", "scopes", "consent"];
  var opening = () => JSON.stringify(atOpening.map((name) => state[name]));
  var openedWith = "";
  var white = "#ffffff";
  var shown2 = (name) => name === "bar" && state.bar === "" ? white : state[name];
  function start(w) {
    world = w;
    const lost = [];
    const apps = $("app");
    apps.replaceChildren(...w.apps.map((a) => h("option", { value: a.liffId, disabled: a.skipped !== "" }, `${a.description || a.liffId}${a.skipped ? " (not here)" : ""}`)));
    if (!app()) {
      if (state.app) lost.push(`LIFF app ${state.app}`);
      set({ app: w.apps.find((a) => a.origin)?.liffId ?? "" });
    }
    if (!w.people.some((p) => p.handle === state.user)) {
      if (state.user) lost.push(`user ${state.user}`);
      set({ user: w.people[0]?.handle ?? "" });
    }
    apps.value = state.app;
    apps.addEventListener("change", () => {
      set({ app: apps.value, scopes: "*", friend: "" });
      draw2();
    });
    for (const name of plain) {
      const field = $(name);
      field.value = shown2(name);
      if (field.matches("select") && field.value === "") set({ [name]: field.value = standard[name] });
      field.addEventListener(field.matches("input[type=text]") ? "input" : "change", () => {
        set({ [name]: name === "bar" && field.value === white ? "" : field.value });
        checkLink();
        draw();
        setNetwork();
      });
    }
    $("find").addEventListener("input", drawPeople);
    $("friend").addEventListener("change", (event) => {
      set({ friend: event.target.checked ? "yes" : "no" });
      follow();
    });
    onChange(follow);
    draw2();
    const list = $("people");
    const at = list.querySelector(".person:has(:checked)");
    if (at) list.scrollTop = at.offsetTop - list.offsetTop - list.clientHeight / 2;
    return lost;
  }
  function opened() {
    openedWith = opening();
    follow();
  }
  function follow() {
    $("open").disabled = !world.apps.some((a) => a.origin);
    $("as").value = state.as;
    $("auto-row").hidden = state.as !== "inapp";
    $("keep-row").hidden = $("consent-row").hidden = state.as !== "liff";
    $("chatid-row").hidden = state.chat === "none";
    $("app").title = app()?.description || "";
    const view = app()?.view;
    $("view").options[0]?.replaceChildren(view ? `As the app says: ${view}` : "As the app says");
    for (const box of document.querySelectorAll("#scopes input")) box.checked = state.scopes === "*" || state.scopes.split(" ").includes(box.value);
    $("stale").hidden = top() === void 0 || openedWith === opening();
  }
  function deepLink() {
    const link = readLink(state.link);
    if (!link) return null;
    return { app: link.liffId ? appByID(link.liffId) : app(), rest: link.rest };
  }
  function checkLink() {
    const note2 = $("link-note");
    const link = deepLink();
    note2.hidden = link !== null && link.app !== void 0;
    note2.textContent = link === null ? "This is neither a LIFF URL nor what follows a LIFF ID: begin with /, ? or #." : "No LIFF app here has the LIFF ID of this link.";
  }
  function draw2() {
    choose(app());
    drawPeople();
    const chosen2 = app();
    const granted = state.scopes === "*" ? chosen2?.scopes ?? [] : state.scopes.split(" ");
    $("scopes").replaceChildren(...(chosen2?.scopes ?? []).map((s) => {
      const box = h("input", { type: "checkbox", checked: granted.includes(s), onchange: () => {
        const all = [...document.querySelectorAll("#scopes input")];
        set({ scopes: all.every((b) => b.checked) ? "*" : all.filter((b) => b.checked).map((b) => b.value).join(" ") });
        follow();
      }, value: s });
      return h("label", { class: "check" }, box, " ", h("code", {}, s));
    }));
    $("friend-row").hidden = !chosen2?.botId;
    drawFriend();
    checkLink();
    draw();
    follow();
  }
  function drawFriend() {
    const chosen2 = app();
    const person = world.people.find((p) => p.handle === state.user);
    const is = chosen2 && person ? person.friends.includes(chosen2.botId) : false;
    $("friend").checked = state.friend === "" ? is : state.friend === "yes";
  }
  function drawPeople() {
    const find = $("find").value.trim().toLowerCase();
    const shown3 = world.people.filter((p) => `${p.name} ${p.handle} ${p.email} ${p.note}`.toLowerCase().includes(find));
    $("people").replaceChildren(...shown3.map(personCard));
    if (shown3.length === 0) $("people").append(h("p", { class: "note" }, world.people.length ? "Nobody has this name." : "No users yet: add some to the seed file, or by tegata user create, and reload this page."));
  }
  function personCard(p) {
    const radio = h("input", { type: "radio", name: "user", value: p.handle, checked: p.handle === state.user, onchange: () => {
      set({ user: p.handle, friend: "" });
      drawFriend();
      draw();
    } });
    return h(
      "label",
      { class: "person" },
      radio,
      p.picture ? h("img", { src: p.picture, alt: "", loading: "lazy", width: 32, height: 32 }) : h("span", { class: "face", "aria-hidden": "true" }, initial(p.name)),
      h("span", {}, h("b", {}, p.name), h("small", {}, p.note || p.handle))
    );
  }

  // web/simulator/src/page/explain.ts
  var data = "Using user data in LIFF apps and servers";
  var claims = "Get profile information from ID tokens";
  var init = "Developing a LIFF app";
  var advice = {
    "profile-without-token": {
      title: "The app sends the user's data to a server without a token",
      grave: true,
      page: data,
      why: "Do not send the details of the user's profile from the app to the server. Anybody can write a user ID into a request.",
      fix: "Send the access token or the raw ID token, and let the server get the profile from the platform after it has verified the token."
    },
    "token-in-url": {
      title: "A token is in the URL of a request",
      grave: true,
      page: data,
      why: "URLs end in the logs of servers and proxies, and in the history.",
      fix: "Send the token in the Authorization header or in the body."
    },
    "token-in-page-url": {
      title: "A token is in the address of the page",
      grave: true,
      page: init,
      why: "The address goes to other sites as Referer, and is shown and shared.",
      fix: "Keep tokens out of the query. The tokens that the LIFF browser hands over are in the fragment, and liff.init() takes them away: wait for it before you change the URL."
    },
    "token-in-referer": {
      title: "A token leaves in the Referer header",
      grave: true,
      page: init,
      why: "The address of the page holds a token, and this request carries that address on. Whoever serves the request can use the token.",
      fix: "Take the token out of the address. Until then, send Referrer-Policy: strict-origin-when-cross-origin or a stricter one."
    },
    "expired-id-token-sent": {
      title: "The app sends an ID token that has expired",
      grave: true,
      page: claims,
      why: "A server that checks exp refuses it; one that does not is open to old tokens.",
      fix: "Ask for a new token: liff.logout() and liff.login() in a browser, or open the app again in LINE."
    },
    "expired-id-token-stored": {
      title: "An ID token that has expired is still stored",
      grave: false,
      page: claims,
      why: "liff.getIDToken() goes on to return it: an ID token is good for an hour, and the SDK does not renew it.",
      fix: "Look at exp of liff.getDecodedIDToken() before you use the token, and log in again when it has passed."
    },
    "token-copied": {
      title: "The app keeps a copy of a token",
      grave: false,
      page: data,
      why: "The copy lives on when the SDK's is removed: after logout, or when the app was closed.",
      fix: "Ask liff.getAccessToken() or liff.getIDToken() each time."
    },
    "init-outside-endpoint": {
      title: "liff.init() runs outside of the endpoint URL",
      grave: true,
      page: init,
      why: "liff.init() works as described only at the endpoint URL or below it; permanent links cannot be made here.",
      fix: "Call liff.init() at or below the endpoint URL, or set a shorter endpoint URL."
    },
    "init-failed": {
      title: "liff.init() failed",
      grave: true,
      page: init,
      why: "Without it nothing of LIFF works. The code that the SDK gave is beside the place.",
      fix: "See the console for the reason, and the network for a call that was refused. Show your users a way out: the error is the app's to catch."
    },
    "policy-in-page": {
      title: "The page has a content security policy of its own in a meta element",
      grave: false,
      page: init,
      why: "tegata changes headers in development, not your page: the policy may stop the script or the calls to the platform.",
      fix: "If something does not load, send the policy as a header, at least in development."
    }
  };
  var claimWords = {
    iss: "Who issued it. LINE: https://access.line.me",
    sub: "User ID for which it was issued",
    aud: "Channel ID for which it was issued",
    exp: "When it expires. A server must check it",
    iat: "When it was issued",
    auth_time: "When the user was authenticated. Only if max_age was asked",
    nonce: "The nonce of the request. None in a LIFF browser",
    amr: "How the user was authenticated. None in a LIFF browser",
    name: "Display name. With the scope profile",
    picture: "Picture. With the scope profile",
    email: "E-mail address. With the scope email"
  };
  var storeWords = {
    accessToken: "Access token, as liff.getAccessToken() returns it",
    IDToken: "Raw ID token. Stored before it is verified",
    decodedIDToken: "Payload of the ID token, after the SDK has verified it",
    featureToken: "Says that the app runs in a LIFF browser",
    context: "Answer of liff.getContext()",
    rawContext: "The context token",
    clientId: "Channel ID",
    loginTmp: "PKCE verifier of a login that is under way",
    isInClient: "1 in a LIFF browser",
    mstChallenge: "By this a sub window is opened",
    mst: "This is a sub window, and proved it",
    msit: "ID of this sub window",
    mstVerifier: "By this the sub window proves itself",
    appData: "Data that the main window gave this sub window",
    isSubsequentLiffApp: "The app was opened without tokens, from another page",
    inSubWindow: "This is a sub window in an ordinary browser",
    mainWindowOrigin: "Origin of the main window",
    expires: "When the access token expires (a cookie)"
  };
  var missing = {
    advertisingId: "liff.getAdvertisingId()",
    addToHomeScreen: "liff.addToHomeScreen()",
    scanCode: "liff.scanCode(), which LINE has replaced by liff.scanCodeV2()",
    "line://shortcut": "the home screen of the phone"
  };

  // web/simulator/src/page/picture.ts
  var maxSide = 1600;
  var loading = null;
  function load() {
    loading ?? (loading = new Promise((done, failed2) => {
      const script = document.createElement("script");
      script.src = path + "qr.js";
      script.onload = () => done();
      script.onerror = () => failed2(new Error("The reader of QR codes could not be loaded: reload the page"));
      document.head.append(script);
    }));
    return loading;
  }
  async function readPicture(file) {
    await load();
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (!bitmap) throw new Error("This file is no picture that the browser can show: choose a PNG or JPEG");
    const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const pen = canvas.getContext("2d");
    if (!pen || !globalThis.__tegataQR) throw new Error("The browser cannot read pictures");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    try {
      return globalThis.__tegataQR(pen.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      throw new Error("No QR code was found in the picture: choose one that shows the whole code, sharp and upright");
    }
  }

  // web/simulator/src/page/sheets.ts
  var people = [];
  function setPeople(list) {
    people = list;
  }
  var dialog = () => $("sheet");
  var turn2 = Promise.resolve();
  function show(title, body, buttons) {
    const answer = turn2.then(() => showNow(title, body, buttons));
    turn2 = answer;
    return answer;
  }
  function showNow(title, body, buttons) {
    const d = dialog();
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: "sheet-title" }, title),
      ...body.filter((b) => b !== ""),
      h("p", { class: "buttons" }, ...buttons.map((b) => h("button", { value: b.value, class: b.main ? "main" : null, formnovalidate: !b.main }, b.label)))
    );
    d.replaceChildren(form);
    d.returnValue = "";
    d.showModal();
    say(title);
    return new Promise((done) => d.addEventListener("close", () => done(d.returnValue === "" ? null : d.returnValue), { once: true }));
  }
  function failed(error) {
    const fix = error instanceof Refused ? error.fix : "";
    void show("That did not work", [h("p", {}, error.message), fix ? h("p", { class: "note" }, fix) : ""], [{ value: "ok", label: "OK", main: true }]);
  }
  var wordsOf = (messages) => messages.map((m) => m.text ?? m.altText ?? m.type).join(" \xB7 ");
  async function picker(ott, messages, multiple) {
    const boxes = people.filter((p) => p.handle !== state.user).map((p) => {
      const box = h("input", { type: multiple ? "checkbox" : "radio", name: "chat", value: p.name, required: !multiple });
      return { box, row: h("label", { class: "check" }, box, " ", h("span", {}, p.name)) };
    });
    const chosen2 = () => boxes.filter((b) => b.box.checked).map((b) => b.box.value);
    const list = h("div", { class: "checks list" }, ...boxes.map((b) => b.row));
    const follow2 = () => boxes[0]?.box.setCustomValidity(chosen2().length ? "" : "Choose at least one, or cancel");
    list.addEventListener("change", follow2);
    follow2();
    const answer = await show("Share with", [
      boxes.length ? list : h("p", {}, "There is nobody else here: add users to the seed file, or by tegata user create."),
      h("p", { class: "note" }, "What is shared: " + wordsOf(messages))
    ], [{ value: "cancel", label: "Cancel" }, ...boxes.length ? [{ value: "send", label: "Share", main: true }] : []]);
    const chats = answer === "send" ? chosen2() : [];
    await ask("share", { ott, chats });
    if (chats.length > 0) aside(`Shared with ${chats.join(", ")}: ${wordsOf(messages)}`);
  }
  var scanner = "1656359117-jxmx5e11";
  var addFriend = "1656032314-CWSCEjzU";
  var consent = "1656032314-Xgrw5Pmk";
  async function scan() {
    const input = h("input", { type: "text", autofocus: true, required: true, autocomplete: "off", "aria-label": "Text of the QR code", placeholder: "https://example.com/table/7" });
    const result = h("p", { class: "note", role: "status" }, "");
    const file = h("input", { type: "file", accept: "image/*", onchange: () => {
      const picture = file.files?.[0];
      if (!picture) return;
      result.textContent = "Reading \u2026";
      readPicture(picture).then(
        (text2) => {
          input.value = text2;
          result.textContent = "The picture says what is in the field.";
        },
        (error) => result.textContent = error.message + "."
      );
    } });
    const answer = await show("Scan a QR code", [
      h("label", { class: "row" }, "What the code says", input),
      h("label", { class: "row" }, "Or a picture of it", file),
      result
    ], [{ value: "cancel", label: "Cancel" }, { value: "read", label: "Read", main: true }]);
    return answer === "read" ? input.value : null;
  }
  async function askConsent(one) {
    const missing3 = one.app.scopes.filter((s) => !one.launch?.scopes.includes(s));
    const boxes = missing3.map((s) => h("input", { type: "checkbox", value: s, checked: true }));
    const answer = await show(`${one.app.channelName} asks for more`, [
      h("div", { class: "checks" }, ...boxes.map((b) => h("label", { class: "check" }, b, " ", h("code", {}, b.value))))
    ], [{ value: "cancel", label: "Not now" }, { value: "allow", label: "Allow", main: true }]);
    const chosen2 = boxes.filter((b) => b.checked).map((b) => b.value);
    if (answer !== "allow" || chosen2.length === 0) return null;
    const more = await grant(one, chosen2);
    return more ? { newAccessToken: more.accessToken, ...more.idToken ? { newIdToken: more.idToken } : {} } : null;
  }
  async function ownApp(url, msit, one) {
    const id = new URL(url).pathname.split("/")[1] ?? "";
    const end2 = (status, result = {}) => ask("subwindow/" + msit, { status, result });
    if (id === scanner) {
      const text2 = await scan();
      await (text2 === null ? end2("cancel") : end2("submit", { message: text2 }));
      return true;
    }
    if (id === consent) {
      const tokens = await askConsent(one);
      await (tokens ? end2("submit", tokens) : end2("cancel"));
      return true;
    }
    if (id === addFriend) {
      const answer = await show(
        "Add as a friend",
        [h("p", {}, `${one.app.botName} ${one.app.botId}`)],
        [{ value: "cancel", label: "Not now" }, { value: "add", label: "Add friend", main: true }]
      );
      if (answer === "add" && one.launch) await ask(`launch/${one.launch.id}/friend`, { friend: true });
      await (answer === "add" ? end2("submit") : end2("cancel"));
      return true;
    }
    return false;
  }
  function login(url, note2) {
    if (new URL(url).origin !== platform) return missing2(url);
    void show("The app asks to log in", [
      h("p", {}, "Login and consent open in a tab of their own, and the app goes on there, as in an external browser."),
      note2 ? h("p", { class: "note" }, note2) : ""
    ], [{ value: "cancel", label: "Stay" }, { value: "go", label: "Open the login tab", main: true }]).then((answer) => {
      if (answer === "go" && !window.open(url, "tegata-login")) notice("The browser blocked the login tab: allow pop-ups for this page");
    });
  }
  function openURL(url, external) {
    if (!/^https?:$/.test(new URL(url).protocol)) return missing2(url);
    void show(
      external ? "The app opens a page in the phone's browser" : "The app opens a page in LINE's in-app browser",
      [h("p", {}, h("code", {}, url))],
      [{ value: "cancel", label: "Stay" }, { value: "go", label: "Open in a tab", main: true }]
    ).then((answer) => {
      if (answer === "go") window.open(url, "_blank", "noopener");
    });
  }
  function missing2(what) {
    void show("Not simulated", [
      h("p", {}, `The app called ${missing[what] ?? what}, which needs LINE's app itself.`),
      h("p", { class: "note" }, 'What is simulated: docs/simulator.md, "What the phone does".')
    ], [{ value: "ok", label: "OK", main: true }]);
  }
  function stranger(url) {
    void show("No such LIFF app here", [
      h("p", {}, "The app goes to a LIFF URL, and no LIFF app of this platform has its LIFF ID:"),
      h("p", {}, h("code", {}, url)),
      h("p", { class: "note" }, "Add the app to the seed file, or give the URL of its dev server with --app, and start tegata dev again.")
    ], [{ value: "ok", label: "OK", main: true }]);
  }
  function confirmReplay(method, url) {
    return show(
      "Send it again?",
      [h("p", {}, h("code", {}, `${method} ${url}`)), h("p", {}, `${method} may change something on your server.`)],
      [{ value: "cancel", label: "Cancel" }, { value: "go", label: "Send it again", main: true }]
    ).then((a) => a === "go");
  }
  function menu(one, choices) {
    return show(one.app.description || one.app.liffId, [
      h("div", { class: "menu" }, ...choices.map(([value, label]) => h("button", { value }, label)))
    ], [{ value: "", label: "Close" }]);
  }
  function about(one) {
    void show(one.app.description || one.app.liffId, [
      h(
        "dl",
        {},
        h("dt", {}, "LIFF ID"),
        h("dd", {}, h("code", {}, one.app.liffId)),
        h("dt", {}, "Channel"),
        h("dd", {}, `${one.app.channelName} (${one.app.channelId})`),
        h("dt", {}, "Endpoint URL"),
        h("dd", {}, h("code", {}, one.app.endpointUrl)),
        h("dt", {}, "Served at"),
        h("dd", {}, h("code", {}, one.app.origin)),
        h("dt", {}, "Scopes of the app"),
        h("dd", {}, one.app.scopes.join(", ")),
        h("dt", {}, "Granted"),
        h("dd", {}, one.launch?.scopes.join(", ") ?? "asked at the login")
      )
    ], [{ value: "ok", label: "OK", main: true }]);
  }
  var single = "tegata.keys";
  var singleKeys = () => localStorage.getItem(single) !== "off";
  function keys() {
    const rows = [
      ["O", "open the app"],
      ["X", "close the app"],
      ["M", "minimise the app"],
      ["R", "reload the app"],
      ["1 \u2026 5", "tokens, network, checks, console, storage"],
      ["A", "choose the app"],
      ["L", "deep link"],
      ["U", "choose the user"],
      ["P", "go into the phone"],
      ["?", "this list"]
    ];
    const on = h("input", { type: "checkbox", checked: singleKeys(), onchange: () => localStorage.setItem(single, on.checked ? "on" : "off") });
    void show("Keys", [
      h("dl", { class: "keys" }, ...rows.flatMap(([k, w]) => [h("dt", {}, h("kbd", {}, k)), h("dd", {}, w)])),
      h("label", { class: "check" }, on, h("span", {}, "These keys act (anywhere but in a field)"))
    ], [{ value: "ok", label: "OK", main: true }]);
  }

  // web/simulator/src/page/hear.ts
  var inside = { console: [], storage: {} };
  function note(level, what) {
    inside.console.push({ level, what, at: /* @__PURE__ */ new Date() });
    if (inside.console.length > 300) inside.console.shift();
    changed();
  }
  function listen(openLink2) {
    addEventListener("message", (event) => {
      const one = windows().find((o) => o.frame.contentWindow === event.source);
      const told = event.data?.tegata;
      if (!one || !told || event.origin !== one.app.origin) return;
      void hear(one, told, openLink2).catch((error) => failed(error));
    });
  }
  async function hear(one, told, openLink2) {
    switch (told.kind) {
      case "loaded":
        one.at = told.what ?? "";
        setNetwork();
        break;
      case "close":
        if (one === top()) await close();
        break;
      case "console":
        note(told.level ?? "log", told.what ?? "");
        break;
      case "storage":
        inside.storage = told.keys ?? {};
        changed();
        break;
      case "login":
        await logIn(one, told.what ?? platform);
        break;
      case "open":
        openURL(told.what ?? "", told.external === true);
        break;
      case "leave":
        if (one.as === "inapp") set({ as: "liff" });
        await openLink2(told.what ?? "", "");
        break;
      case "picker":
        await picker(told.ott ?? "", told.messages ?? [], told.isMultiple !== false);
        break;
      case "subwindow":
        if (!await ownApp(told.url ?? "", told.msit ?? "", one)) await openLink2(told.url ?? "", told.msit ?? "");
        break;
      case "missing":
        missing2(told.what ?? "");
    }
  }
  function atPort(one, jump) {
    const url = new URL(jump);
    if (url.pathname !== "/liff/v1/authorize" || url.searchParams.has("redirect_uri")) return jump;
    url.searchParams.set("redirect_uri", endpointAt(one.app, ""));
    return url.href;
  }
  async function logIn(one, jump) {
    const url = atPort(one, jump);
    if (one.as !== "inapp") {
      login(url, one.as === "liff" ? "In a LIFF browser the user is logged in already: liff.login() is for external browsers." : "");
      return;
    }
    const out = await ask("autologin", {
      url,
      from: one.app.origin,
      person: state.user,
      os: state.os,
      fails: state.auto === "fails",
      ...state.scopes === "*" ? {} : { scopes: grantedScopes() }
    });
    note("info", "LINE's in-app browser: " + out.why);
    if (out.page) {
      login(out.url, `LINE's in-app browser: ${out.why}.`);
      return;
    }
    notice("LINE's in-app browser: " + out.why);
    wish(one, { go: out.url });
  }

  // web/simulator/src/page/insidetabs.ts
  var drawn = "";
  function draw3() {
    const what = JSON.stringify([inside.console.length, inside.console.at(-1)?.at, inside.storage]);
    if (what === drawn) return;
    drawn = what;
    const lines2 = inside.console.slice(-150).reverse();
    $("panel-console").replaceChildren(lines2.length ? h("ol", { class: "console" }, ...lines2.map((l) => h("li", { class: l.level }, h("span", { class: "note" }, clockTime(l.at)), " ", l.what))) : h("p", { class: "empty" }, "Nothing yet. What the app writes to the console appears here."));
    const keys2 = Object.entries(inside.storage);
    $("panel-storage").replaceChildren(keys2.length ? h("dl", { class: "storage" }, ...keys2.flatMap(([key, value]) => [
      h("dt", {}, h("code", {}, key.replace(/^LIFF_STORE:/, ""))),
      h("dd", {}, h("span", { class: "note" }, storeWords[key.split(":").pop() ?? ""] ?? "not known"), h("pre", { tabindex: 0 }, value.slice(0, 600)))
    ])) : h("p", { class: "empty" }, "Nothing yet. The keys that the LIFF SDK stores appear here, with what they mean."));
  }

  // web/simulator/src/page/log.ts
  var entries = [];
  var open2 = -1;
  var verdicts = /* @__PURE__ */ new Map();
  var reasons = /* @__PURE__ */ new Map();
  function listen2() {
    const source = new EventSource(path + "api/events");
    watchServer(source);
    source.onmessage = (event) => {
      const e = JSON.parse(event.data);
      entries.push(e);
      if (entries.length > 400) entries.shift();
      if (e.kind === "finding") {
        drawChecks();
        say("Alarm: " + (advice[e.finding?.code ?? ""]?.title ?? ""));
        return;
      }
      drawNetwork();
      if (e.kind === "platform" && e.status === 200 && e.url?.startsWith("/message/v3/share")) {
        void refreshChat().catch((error) => failed(error));
      }
    };
  }
  function watchServer(source) {
    let journal = "";
    let late = 0;
    const gone = $("gone");
    const show2 = (text2) => {
      gone.hidden = text2 === "";
      gone.firstElementChild?.replaceChildren(text2);
    };
    source.onerror = () => {
      late || (late = setTimeout(() => show2("tegata dev does not answer. Look at its terminal, and start it again if it has ended."), 1500));
    };
    source.addEventListener("journal", (event) => {
      clearTimeout(late);
      late = 0;
      if (journal !== "" && journal !== event.data) {
        entries.length = 0;
        draw4();
      }
      show2(journal === "" || journal === event.data ? "" : "tegata dev was started anew, and knows nothing of what is open here. Reload this page: every choice is in its address.");
      journal || (journal = event.data);
    });
    $("reload").addEventListener("click", () => location.reload());
  }
  function draw4() {
    drawNetwork();
    drawChecks();
  }
  function drawNetwork() {
    const calls = entries.filter((e) => e.kind !== "finding");
    const at = $("panel-network");
    if (calls.length === 0) {
      at.replaceChildren(h("p", { class: "empty" }, "Nothing yet. Calls of the app and of its server to the platform appear here, and those of the app to its own server that carry a token."));
      return;
    }
    const back = keepFocus(at, "[data-seq]");
    at.replaceChildren(
      clearButton(),
      h("ol", { class: "log" }, ...calls.slice(-120).reverse().map(line))
    );
    back();
  }
  var clearButton = () => h("p", { class: "buttons" }, h("button", { type: "button", title: "Forgets the calls and the findings", onclick: () => void clear().catch((error) => failed(error)) }, "Clear"));
  async function clear() {
    await ask("clear", {});
    entries.length = 0;
    draw4();
  }
  function line(e) {
    const bad = (e.status ?? 0) >= 400;
    const button = h(
      "button",
      { type: "button", class: "line" + (bad ? " bad" : ""), "aria-expanded": String(open2 === e.seq), onclick: () => {
        open2 = open2 === e.seq ? -1 : e.seq;
        drawNetwork();
        document.querySelector(`[data-seq="${e.seq}"] button`)?.focus();
      } },
      h("span", { class: "status" }, String(e.status ?? "")),
      h("span", { class: "method" }, e.method ?? ""),
      h("span", { class: "url" }, (e.url ?? "").split("?")[0] ?? ""),
      h("span", { class: "who" }, e.kind === "server" ? "app \u2192 your server" : e.from === "app" ? "app \u2192 platform" : "your server \u2192 platform")
    );
    if (bad && e.requestId) {
      const why = h("span", { class: "reason" });
      button.append(why);
      void reasonOf(e.requestId).then((r) => why.append(r?.check ?? ""), () => void 0);
    }
    const item = h("li", { "data-seq": e.seq }, button);
    if (open2 === e.seq) item.append(details(e));
    return item;
  }
  function details(e) {
    const why = h("div", { class: "why" });
    if (e.requestId && (e.status ?? 0) >= 400) void explain(e.requestId, why).catch(() => void 0);
    const verdict = verdicts.get(e.seq);
    const result = h("p", { class: "verdict" + (verdict ? verdict.good ? " good" : " bad" : ""), role: "status" }, verdict?.text ?? "");
    return h(
      "div",
      { class: "details" },
      h("p", { class: "note" }, `${clockTime(e.time)} \xB7 ${e.millis} ms` + (e.requestId ? ` \xB7 request ${e.requestId}` : "") + (e.token ? ` \xB7 carries the ${e.token}` : "")),
      h("pre", { tabindex: 0 }, e.url ?? ""),
      why,
      h(
        "p",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => void copy(e.curl ?? "", /\$(ACCESS|ID)_TOKEN/.test(e.curl ?? "") ? "With variables in place of tokens: curl" : "curl") }, "Copy as curl"),
        e.kind === "server" && e.token ? h("button", { type: "button", "data-with": "old", onclick: () => void replay(e, "old") }, "Send again with the old token") : null,
        e.kind === "server" && e.token ? h("button", { type: "button", onclick: () => void replay(e, "neighbour") }, "Send with a neighbour's token") : null
      ),
      result,
      verdict?.body ? h("pre", { tabindex: 0, class: "answer" }, verdict.body) : null
    );
  }
  function reasonOf(requestId) {
    const known = reasons.get(requestId) ?? ask("why/" + requestId).then((all) => all.findLast((one) => one.check));
    reasons.set(requestId, known);
    known.catch(() => reasons.delete(requestId));
    return known;
  }
  async function explain(requestId, at) {
    const e = await reasonOf(requestId);
    if (!e) return;
    at.replaceChildren(h(
      "dl",
      {},
      h("dt", {}, "Check"),
      h("dd", {}, e.check ?? ""),
      ...e.given ? [h("dt", {}, "Given"), h("dd", {}, e.given)] : [],
      ...e.expected ? [h("dt", {}, "Expected"), h("dd", {}, e.expected)] : [],
      h("dt", {}, "Fix"),
      h("dd", {}, e.fix ?? "")
    ));
  }
  function tryOld2() {
    const e = entries.findLast((one) => one.kind === "server" && one.token);
    $("tab-network").click();
    if (!e) {
      notice("The app has sent no request with a token to its own server: open it again, and let it");
      return;
    }
    open2 = e.seq;
    drawNetwork();
    const item = document.querySelector(`[data-seq="${e.seq}"]`);
    item?.scrollIntoView({ block: "nearest" });
    item?.querySelector("[data-with=old]")?.focus();
  }
  async function replay(e, token) {
    const harmless = e.method === "GET" || e.method === "HEAD";
    if (!harmless && !await confirmReplay(e.method ?? "", e.url ?? "")) return;
    try {
      const out = await ask("replay", { entry: e.seq, with: token, confirmed: true });
      verdicts.set(e.seq, { good: out.refused, text: `${out.status}: ${out.verdict}`, body: out.body });
    } catch (error) {
      verdicts.set(e.seq, { good: false, text: error.message + ". " + (error.fix ?? ""), body: "" });
    }
    drawNetwork();
    say(verdicts.get(e.seq)?.text ?? "");
  }
  function drawChecks() {
    const found = entries.filter((e) => e.finding).reverse();
    const count = $("alarms");
    count.hidden = found.length === 0;
    count.textContent = String(found.length);
    const notes = current()?.app.notes ?? [];
    const at = $("panel-checks");
    const back = keepFocus(at);
    at.replaceChildren(
      ...found.length ? [clearButton()] : [],
      ...found.length ? found.map(finding) : [h("p", { class: "empty good" }, "No finding. tegata looks at every request of the app, and at what it stores; what it compares stays in the app's page.")],
      ...notes.length ? [h(
        "section",
        { class: "token" },
        h("h2", {}, "Changed in development"),
        h("p", { class: "note" }, "The proxy changed these headers of your dev server's answers. In production nobody does."),
        h("dl", {}, ...notes.flatMap((n) => [h("dt", {}, n.header), h("dd", {}, n.why, h("pre", { tabindex: 0 }, n.from + (n.to ? "\n\u2192 " + n.to : "\n\u2192 (removed)")))]))
      )] : []
    );
    back();
  }
  function finding(e) {
    const f = e.finding;
    const a = advice[f?.code ?? ""];
    if (!f || !a) return h("div");
    return h(
      "section",
      { class: "finding" + (a.grave ? " grave" : ""), "data-code": f.code },
      h("h2", {}, a.title),
      h("p", { class: "where" }, h("code", {}, f.where ?? ""), f.fields?.length ? " " + f.fields.join(", ") : ""),
      h("p", {}, a.why, " ", h("cite", {}, `LINE: \u201C${a.page}\u201D`)),
      h("p", { class: "fix" }, h("b", {}, "Fix: "), a.fix),
      h("p", { class: "note" }, `${clockTime(e.time)} \xB7 app at ${f.app}`)
    );
  }

  // web/simulator/src/page/checks.ts
  function part(text2) {
    try {
      const bytes = Uint8Array.from(atob((text2 ?? "").replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      return typeof value === "object" && value !== null ? value : null;
    } catch {
      return null;
    }
  }
  function opened2(token) {
    const [head, body] = token.split(".");
    return { header: part(head) ?? {}, payload: part(body) ?? {} };
  }
  async function json(path2) {
    const answer = await fetch(platform + path2);
    return await answer.json();
  }
  async function signed(token, key) {
    const [head, body, signature] = token.split(".");
    const { kty, crv, x, y } = key;
    const imported = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    const bytes = Uint8Array.from(atob((signature ?? "").replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, bytes, new TextEncoder().encode(head + "." + body));
  }
  var asked = /* @__PURE__ */ new Map();
  async function ask2(token) {
    const [{ keys: keys2 }, { issuer }] = await Promise.all([
      json("/oauth2/v2.1/certs"),
      json("/.well-known/openid-configuration")
    ]);
    const key = keys2.find((k) => k.kid === opened2(token).header.kid);
    return { issuer, kids: keys2.map((k) => k.kid ?? ""), good: key ? await signed(token, key).catch(() => false) : false };
  }
  var text = (value) => value === void 0 ? "none" : typeof value === "string" ? value : JSON.stringify(value);
  var clock = (seconds) => typeof seconds === "number" ? new Date(seconds * 1e3).toLocaleTimeString("en-GB") : text(seconds);
  var short = (kid) => typeof kid === "string" && kid.length > 14 ? kid.slice(0, 12) + "\u2026" : text(kid);
  async function check(token, channelId, userId) {
    if (!asked.has(token)) {
      asked.clear();
      asked.set(token, ask2(token));
    }
    const { issuer, kids, good } = await asked.get(token);
    const { header, payload } = opened2(token);
    const at = now() / 1e3;
    const [exp, iat] = [Number(payload.exp), Number(payload.iat)];
    const shaped = token.split(".").length === 3 && Object.keys(header).length > 0 && Object.keys(payload).length > 0;
    const rows = [
      ["structure", shaped, `${token.split(".").length} parts`, "3 parts: header, payload, signature", "Whatever comes is parsed."],
      ["alg", header.alg === "ES256", text(header.alg), "ES256, which LIFF apps get: from your settings, never from the token", "A token with alg none, or signed by a public key taken for a secret, is believed."],
      ["kid", kids.includes(text(header.kid)), short(header.kid), `one of ${kids.length} in certs: ${kids.map(short).join(", ")}`, "A token by a key of somebody else is believed."],
      ["signature", good, good ? "good" : "not by this key", "by the key of kid", "Everybody can write a token."],
      ["iss", payload.iss === issuer, text(payload.iss), issuer, "A token of another issuer is believed."],
      ["aud", payload.aud === channelId, text(payload.aud), channelId, "A token that another channel's app got is believed: whoever runs that app is your user."],
      ["exp", at < exp, clock(payload.exp), `later than ${clock(Math.floor(at))}`, "A token that leaked is good for ever."],
      ["iat", iat <= at + 60 && iat <= exp, clock(payload.iat), "not in the future (a minute is allowed), not after exp", "Tokens made for later are believed."],
      ["nonce", payload.nonce === void 0 ? null : false, text(payload.nonce), "none in a LIFF browser; after LINE Login what you sent", "A token can be used again in somebody else's session."],
      ["auth_time", payload.auth_time === void 0 ? null : true, clock(payload.auth_time), "only if you sent max_age: not older than that", "An old login passes for a new one."],
      ["amr", payload.amr === void 0 ? null : true, text(payload.amr), "none in a LIFF browser; else the methods that you ask for", "A weak login passes where a strong one is needed."],
      ["sub", payload.sub === userId, text(payload.sub), "the user to whom you give the data", "Data goes to a user whom the app named, not to the one of the token."]
    ];
    let stopped = false;
    return rows.map(([name, passed, actual, expected, skipped]) => {
      const result = stopped || passed === null ? "not run" : passed ? "pass" : "fail";
      stopped || (stopped = result === "fail");
      return { name, result, actual, expected, skipped };
    });
  }

  // web/simulator/src/page/tokens.ts
  function left(until) {
    const s = Math.round((until - now()) / 1e3);
    if (s <= 0) return "expired";
    return `${Math.floor(s / 3600)} h ${String(Math.floor(s % 3600 / 60)).padStart(2, "0")} min ${String(s % 60).padStart(2, "0")} s left`;
  }
  function countdown(from, until) {
    return h(
      "p",
      { class: "countdown", "data-from": from, "data-until": until },
      h("progress", { max: 1, value: 1, "aria-hidden": "true" }),
      h("span", {}, left(until))
    );
  }
  var said = "";
  function tick() {
    const clock2 = $("platform-clock");
    clock2.hidden = offset() === "";
    clock2.textContent = `platform's clock ${offset()}`;
    for (const row2 of document.querySelectorAll(".countdown")) {
      const [from, until] = [Number(row2.dataset.from), Number(row2.dataset.until)];
      const bar = row2.querySelector("progress");
      if (bar) bar.value = Math.max(0, Math.min(1, (until - now()) / (until - from)));
      const text2 = row2.querySelector("span");
      if (text2) text2.textContent = left(until);
    }
    const one = current();
    if (!one?.launch?.idToken || one.revokedAt) return;
    const minute = left(expiry(one.launch)).replace(/ \d\d s/, "");
    if (said && minute !== said) say("ID token: " + minute);
    said = minute;
    draw5();
  }
  function expiry(launch) {
    return launch.idToken ? Number(opened2(launch.idToken).payload.exp) * 1e3 : new Date(launch.expiresAt).getTime();
  }
  function act(label, title, what, done) {
    const run = async () => {
      await what();
      await syncClock();
      draw();
      tick();
      if (done()) notice(done());
    };
    return h("button", { type: "button", title, onclick: () => void run().catch((e) => failed(e)) }, label);
  }
  var clockNow = () => `The platform's clock shows ${clockTime(now())}` + (offset() ? `, ${offset()}` : ", the real time");
  var drawn2 = "";
  function draw5() {
    const one = current();
    const at = $("panel-tokens");
    const what = JSON.stringify([one?.launch?.accessToken, one?.revokedAt, one === null, one?.launch ? now() >= expiry(one.launch) : ""]);
    if (what === drawn2) return;
    drawn2 = what;
    const back = keepFocus(at);
    if (!one?.launch) {
      at.replaceChildren(h("p", { class: "empty" }, one ? "This phone runs the app without handing tokens over: the app has to log in. Its tokens are under Storage." : "No app is open. Open one, and its tokens are taken apart here."));
      return;
    }
    const launch = one.launch;
    const expires = new Date(launch.expiresAt).getTime();
    const { header, payload } = opened2(launch.idToken);
    const exp = expiry(launch);
    const checks = h("details", { class: "order" }, h("summary", {}, "Checks: asking the platform for its keys \u2026"));
    if (launch.idToken) check(launch.idToken, launch.channelId, launch.userId).then((list) => showChecks(checks, list), () => checks.remove());
    at.replaceChildren(
      h(
        "section",
        { class: "token" + (one.revokedAt ? " dead" : "") },
        h("h2", {}, "Access token ", h("span", { class: "tag" }, one.revokedAt ? "revoked " + clockTime(one.revokedAt) : "live")),
        h("p", { class: "raw" }, h("code", {}, launch.accessToken.slice(0, 24) + "\u2026"), h("button", { type: "button", onclick: () => void copy(launch.accessToken, "Access token") }, "Copy")),
        one.revokedAt ? null : countdown(expires - 12 * 36e5, expires),
        h("p", { class: "note" }, `Of channel ${launch.channelId}, for ${launch.scopes.join(", ")}. Opaque: a server asks the platform what it stands for, and for which channel. ` + (one.revokedAt ? "It lived until the app was closed." : "It lives 12 hours, or until the app is closed."))
      ),
      launch.idToken ? h(
        "section",
        { class: "token" },
        h("h2", {}, "ID token ", h("span", { class: "tag" }, String(header.alg))),
        h("p", { class: "raw" }, h("code", {}, launch.idToken.slice(0, 24) + "\u2026"), h("button", { type: "button", onclick: () => void copy(launch.idToken, "ID token") }, "Copy")),
        countdown(Number(payload.iat) * 1e3, exp),
        checks,
        h("table", {}, h("caption", {}, "Payload"), h("tbody", {}, ...Object.entries(payload).map(([k, v]) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, k)), h("td", {}, h("b", {}, time(k, v)), h("span", { class: "note" }, claimWords[k] ?? "")))))),
        h("p", { class: "note" }, `Header: ${header.alg}, key ${String(header.kid).slice(0, 12)}\u2026. The signature stays good when the app is closed: until exp a server must check the access token, too, if it wants to know.`)
      ) : h("p", { class: "note" }, "No ID token: the scope openid was not granted."),
      h(
        "section",
        { class: "token" },
        h("h2", {}, "Make trouble"),
        h(
          "p",
          { class: "buttons" },
          one.revokedAt ? null : act("Close and revoke", "what the LIFF browser does on close", () => finish(one), () => ""),
          act("1 s before expiry", "moves the platform's clock to one second before the ID token expires", () => ask("clock", { at: new Date(exp - 1e3).toISOString() }), clockNow),
          act("Expire now", "moves the platform's clock behind exp of the ID token", () => ask("clock", { at: new Date(exp + 1e3).toISOString() }), clockNow),
          act(
            "Rotate key",
            "the platform signs with its next key from now on",
            () => ask("rotate", {}),
            () => "The platform signs with its next key: open the app again for a token by it. Tokens by the old key stay good."
          ),
          act("Real time", "the platform's clock shows the real time again", () => ask("clock", { reset: true }), clockNow)
        ),
        h("p", { class: "note" }, "The clock is the platform's alone: your server and this browser keep theirs.")
      )
    );
    for (const bar of at.querySelectorAll("progress")) bar.value = 0.999;
    back();
  }
  function showChecks(at, list) {
    const count = (result) => list.filter((c) => c.result === result).length;
    const failed2 = list.find((c) => c.result === "fail");
    at.replaceChildren(
      h("summary", {}, failed2 ? `Checks: refused by ${failed2.name}` : `Checks: ${count("pass")} pass, ${count("not run")} have nothing to check`),
      h("table", {}, h("caption", {}, "In the order in which a server must make them, run in this page"), h("tbody", {}, ...list.map((c) => h(
        "tr",
        { class: c.result.replace(" ", "-"), "data-check": c.name },
        h("th", { scope: "row" }, h("code", {}, c.name), h("span", { class: "result" }, c.result)),
        h("td", {}, h("b", {}, c.actual), h("span", { class: "note" }, `Expected: ${c.expected}. If it is left out: ${c.skipped}`))
      ))))
    );
    if (failed2) at.setAttribute("open", "");
  }
  function time(name, value) {
    if (["exp", "iat", "auth_time"].includes(name) && typeof value === "number") return `${value} \xB7 ${new Date(value * 1e3).toLocaleString("en-GB")}`;
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  // web/simulator/src/page/page.ts
  var tabs = ["tokens", "network", "checks", "console", "storage"];
  function showTab(name, focus = false) {
    if (!tabs.includes(name)) name = "tokens";
    set({ tab: name });
    for (const t of tabs) {
      const tab = $("tab-" + t);
      tab.setAttribute("aria-selected", String(t === name));
      tab.tabIndex = t === name ? 0 : -1;
      $("panel-" + t).hidden = t !== name;
    }
    if (focus) $("tab-" + name).focus();
  }
  function wireTabs() {
    for (const [i, t] of tabs.entries()) {
      $("tab-" + t).addEventListener("click", () => showTab(t));
      $("tab-" + t).addEventListener("keydown", (event) => {
        const key = event.key;
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[key];
        if (to === void 0) return;
        event.preventDefault();
        showTab(tabs[(to + tabs.length) % tabs.length] ?? "tokens", true);
      });
    }
  }
  async function openChosen() {
    const link = deepLink();
    if (!link?.app) {
      $("link").focus();
      return;
    }
    await open(link.app, link.rest);
    opened();
    await syncClock();
  }
  async function refreshWorld() {
    const world2 = await ask("world");
    const one = current();
    const now2 = world2.apps.find((a) => a.liffId === one?.app.liffId);
    if (one && now2) one.app.notes = now2.notes;
    draw4();
  }
  async function openLink(url, msit) {
    const link = readLink(url);
    const app2 = link && appByID(link.liffId);
    if (!link || !app2) {
      stranger(url);
      if (msit) await ask("subwindow/" + msit, { status: "cancel" });
      return;
    }
    await open(app2, link.rest, msit);
    opened();
  }
  function liffURL2(one) {
    const base = one.app.origin + new URL(one.app.endpointUrl).pathname;
    const rest = one.at.startsWith(base) ? one.at.slice(base.length) : "";
    return `https://liff.line.me/${one.app.liffId}` + (rest && !/^[?#/]/.test(rest) ? "/" : "") + rest;
  }
  async function openMenu() {
    const one = top();
    if (!one) return;
    const choice = await menu(one, [
      ["reload", "Reload"],
      ["copy", "Copy the LIFF URL"],
      ...mayRest(one) ? [["minimise", "Minimise"]] : [],
      ["outside", "Open in an ordinary browser"],
      ["about", "About this app, and what is granted"]
    ]);
    const todo = {
      reload,
      copy: () => copy(liffURL2(one), "LIFF URL"),
      minimise,
      outside: () => void window.open(one.at.split("?")[0] || one.app.origin, "_blank", "noopener"),
      about: () => about(one)
    };
    await todo[choice ?? ""]?.();
  }
  function wireKeys() {
    addEventListener("keydown", (event) => {
      const at = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey || $("sheet").open) return;
      if (at.matches("input:not([type=checkbox],[type=radio]), select, textarea")) {
        if (event.key === "Escape") at.blur();
        return;
      }
      const todo = {
        o: () => $("open").click(),
        x: () => void close(),
        m: () => void minimise(),
        r: reload,
        "?": keys,
        a: () => $("app").focus(),
        l: () => $("link").focus(),
        u: () => $("find").focus(),
        p: () => $("frame").querySelector("iframe")?.focus()
      };
      if (!singleKeys()) return;
      const n = Number(event.key);
      const f = n >= 1 && n <= 5 ? () => showTab(tabs[n - 1] ?? "tokens", true) : todo[event.key.toLowerCase()];
      if (f) {
        event.preventDefault();
        f();
      }
    });
  }
  function wirePaper() {
    const stored = localStorage.getItem("tegata.paper");
    if (stored) document.documentElement.dataset.theme = stored;
    $("paper").addEventListener("click", () => {
      const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      document.documentElement.dataset.theme = dark ? "light" : "dark";
      localStorage.setItem("tegata.paper", dark ? "light" : "dark");
    });
  }
  function showWidth() {
    const frame = $("frame");
    new ResizeObserver(() => {
      const got = Math.round(frame.clientWidth);
      const want = Number(state.device);
      $("size-note").textContent = got === 0 ? "" : got === want ? `${got} CSS pixels wide` : `${got} CSS pixels wide: this window has no room for ${want}`;
    }).observe(frame);
  }
  async function start2() {
    wireTabs();
    wireKeys();
    wirePaper();
    showTab(state.tab);
    const run = (f) => (event) => {
      event.preventDefault();
      void f().catch((e) => failed(e));
    };
    $("controls").addEventListener("submit", run(openChosen));
    $("close").addEventListener("click", run(() => close()));
    $("action").addEventListener("click", run(openMenu));
    $("minimise").addEventListener("click", run(minimise));
    $("share").addEventListener("click", () => void copy(location.href, "Link"));
    $("help").addEventListener("click", keys);
    onChange(() => {
      draw5();
      draw3();
    });
    onLoad(() => void refreshWorld().catch(() => void 0));
    onTry(tryOld2);
    listen(openLink);
    const world2 = await ask("world");
    setPeople(world2.people);
    showStart(world2, start(world2));
    showWidth();
    draw4();
    listen2();
    await syncClock();
    tick2();
    setInterval(tick2, 1e3);
  }
  function tick2() {
    $("clock").textContent = (/* @__PURE__ */ new Date()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    tick();
  }
  function showStart(world2, lost) {
    const app2 = app();
    const missing3 = lost.length ? [`The link of this page names what is not here: ${lost.join(", ")}.`] : [];
    if (!world2.apps.some((a) => a.origin)) {
      card("No LIFF app here", [
        ...world2.apps.slice(0, 3).map((a) => `${a.description || a.liffId}: ${a.skipped}.`),
        "Is your dev server running? Start tegata dev with --app and its URL, such as http://localhost:5173."
      ]);
      return;
    }
    if (!app2?.origin) {
      card("This app cannot be opened here", [`${app2?.description || app2?.liffId}: ${app2?.skipped}.`, "Or choose another app."]);
      return;
    }
    const open3 = $("open").cloneNode(true);
    open3.removeAttribute("id");
    open3.setAttribute("form", "controls");
    const person = world2.people.find((p) => p.handle === state.user)?.name;
    card("Ready", [...missing3, `${app2.description || app2.liffId} opens` + (person ? ` as ${person}.` : ".")], [open3]);
  }
  start2().catch((error) => {
    card("The page could not start", [error.message]);
    say("The page could not start");
  });
})();
