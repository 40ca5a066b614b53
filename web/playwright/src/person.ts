// Scripts that run in the pages of a test before the pages' own: the person at the browser,
// and what LINE's app gives to a page in its LIFF browser. They run in the page, so each
// function stands alone.

/** Does on LINE's pages what a person would: picks herself, goes on as herself, consents. */
export function person({ handle, origins }: { handle: string; origins: string[] }): void {
  if (!origins.includes(location.origin) || window.top !== window) return;
  const act = (): void => {
    const own = 'form:has(input[name="loginState"]) '; // of the pages of a login, no other
    const self = document.querySelector<HTMLElement>(`${own}button[name="persona"][value="${CSS.escape(handle)}"]`);
    // "Continue as" names whom this browser knows: only ever the same person.
    const button = self ?? document.querySelector<HTMLElement>(["#continue", "#allow", "#skip"].map((id) => own + id).join());
    button?.click();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", act);
  else act();
}

interface NativeBridge {
  features: string[];
  postMessage: (name: unknown) => void;
}

/** What LINE's app gives to a page: a bridge without features, for each has another way in, and its own URLs. */
export function liffBrowser(binding: string): void {
  if (window.top !== window) return;
  const page = window as unknown as Record<string, (() => void) | undefined> & {
    _liff?: NativeBridge;
    navigation?: EventTarget;
  };
  page._liff = {
    features: [],
    postMessage: (name) => {
      if (name === "closeWindow") page[binding]?.();
    },
  };
  page.navigation?.addEventListener("navigate", (event) => {
    const { url } = (event as Event & { destination: { url: string } }).destination;
    if (!/^(liff|line):/.test(url)) return;
    event.preventDefault();
    if (/^liff:\/\/close\b/.test(url)) page[binding]?.();
    else console.warn(`tegata: LINE's app would open ${url.split("?")[0]}; this browser has nothing to open it with`);
  });
  const ask = window.prompt.bind(window);
  window.prompt = (message?: string, standard?: string) => (message === "LIFF:GET_APP_LANGUAGE" ? navigator.language : ask(message, standard));
}

/** Finds what the app holds, in the storage of LINE's SDK or of tegata's open client; null: nothing yet. */
export function held({ liffId, name }: { liffId: string; name: "accessToken" | "IDToken" }): string | null {
  for (const storage of [sessionStorage, localStorage]) {
    const sdk = storage.getItem(`LIFF_STORE:${liffId}:${name}`);
    if (sdk) return JSON.parse(sdk) as string;
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i) ?? "";
      if (!key.startsWith("tegata.liff:") || !key.includes(liffId) || !key.endsWith(":session")) continue;
      const session = JSON.parse(storage.getItem(key) ?? "{}") as { accessToken?: string; idToken?: string };
      const token = name === "accessToken" ? session.accessToken : session.idToken;
      if (token) return token;
    }
  }
  return null;
}
