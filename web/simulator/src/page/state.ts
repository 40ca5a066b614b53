// The state of the page is its URL: every control writes there, and a copied link brings
// the same phone back.

export const standard = {
  app: "", link: "", as: "liff", auto: "works", chat: "utou", chatid: "", view: "", keep: "no", device: "390", os: "ios", line: "15.12.1",
  lang: "ja", theme: "light", net: "online", bar: "", scheme: "light", user: "", friend: "", scopes: "*", consent: "no", tab: "tokens",
};

export type State = typeof standard;

export const state: State = read();

function read(): State {
  const query = new URLSearchParams(location.search);
  const out = { ...standard };
  for (const name of Object.keys(standard) as (keyof State)[]) out[name] = query.get(name) ?? standard[name];
  return out;
}

export function set(change: Partial<State>): void {
  Object.assign(state, change);
  const query = new URLSearchParams();
  for (const name of Object.keys(standard) as (keyof State)[]) {
    if (state[name] !== standard[name]) query.set(name, state[name]);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? "?" + text : ""));
}
