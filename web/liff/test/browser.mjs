// A browser without pages: a URL, two storages and a user agent, over Node's real
// fetch and WebCrypto. load() is a page load: a new client over the same storages.

import { createLiff } from "../dist/liff.mjs";

class MemoryStorage {
  map = new Map();
  get length() {
    return this.map.size;
  }
  key(i) {
    return [...this.map.keys()][i] ?? null;
  }
  getItem(k) {
    return this.map.get(k) ?? null;
  }
  setItem(k, v) {
    this.map.set(k, String(v));
  }
  removeItem(k) {
    this.map.delete(k);
  }
}

export class Browser {
  url = "https://app.example/start";
  userAgent = "Mozilla/5.0 (X11; Linux x86_64)";
  localStorage = new MemoryStorage();
  sessionStorage = new MemoryStorage();
  clock = 0; // milliseconds ahead of the real time
  left = []; // URLs that a page left for
  opened = [];
  closed = 0;
  said = [];

  constructor(platform) {
    this.platform = platform;
  }

  /** Loads a page and returns its client. */
  load(url = this.url, extra = {}) {
    this.url = url;
    const leave = (to) => {
      this.left.push(to);
      this.wake?.(to);
    };
    return createLiff({
      href: () => this.url,
      rewrite: (to) => (this.url = to),
      navigate: leave,
      replace: leave,
      openWindow: (to) => this.opened.push(to),
      closeWindow: () => this.closed++,
      userAgent: () => this.userAgent,
      language: () => "ja-JP",
      localStorage: () => this.localStorage,
      sessionStorage: () => this.sessionStorage,
      // LINE's API host leads to the platform, as with a hosts file.
      fetch: (to, init) => fetch(to.replace("https://api.line.me", this.platform?.origin), init),
      now: () => Date.now() + this.clock,
      info: (m) => this.said.push(m),
      warn: (m) => this.said.push(m),
      ...extra,
    });
  }

  /** Runs init on a new page until it has left for another URL, which is returned. */
  async leaves(options, url) {
    const gone = new Promise((resolve) => (this.wake = resolve));
    const liff = this.load(url);
    return Promise.race([gone, liff.init(options).then(() => { throw new Error("init resolved"); })]);
  }

  /** Logs in from the current page and returns the client of the page it came back to. */
  async logIn(options) {
    const first = this.load();
    await first.init(options);
    await first.login();
    const liff = this.load(this.platform.authorize(this.left.at(-1)));
    await liff.init(options);
    return liff;
  }

  /** Everything that is stored, as one text. */
  stored() {
    return JSON.stringify([...this.localStorage.map, ...this.sessionStorage.map]);
  }
}
