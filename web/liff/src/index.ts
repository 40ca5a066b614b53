// The module: one client for the page, and a way to make more.

import { Client } from "./client.js";
import { browser } from "./environment.js";
import type { Environment, Liff } from "./public.js";
import { version } from "./version.js";

export { LiffError } from "./errors.js";

/** Makes a client. Its methods may be used without the object, as those of LINE's SDK. */
export function createLiff(environment: Partial<Environment> = {}): Liff {
  const client = new Client({ ...browser, ...environment });
  return {
    ready: client.ready,
    get id() {
      return client.id;
    },
    init: (options, success, failure) => client.init(options, success, failure),
    login: (options) => client.login(options),
    logout: () => client.logout(),
    isLoggedIn: () => client.isLoggedIn(),
    isInClient: () => client.isInClient(),
    getOS: () => client.getOS(),
    getLanguage: () => client.getLanguage(),
    // What the LINE app's language is, only the LINE app knows.
    getAppLanguage: () => client.getLanguage(),
    getVersion: () => version,
    getLineVersion: () => client.getLineVersion(),
    getContext: () => client.getContext(),
    getIDToken: () => client.getIDToken(),
    getDecodedIDToken: () => client.getDecodedIDToken(),
    getAccessToken: () => client.getAccessToken(),
    getProfile: () => client.getProfile(),
    getFriendship: (options) => client.getFriendship(options),
    permission: {
      query: (name) => client.queryPermission(name),
      getGrantedAll: () => client.getGrantedAll(),
    },
    permanentLink: { createUrlBy: (url) => client.createUrlBy(url) },
    openWindow: (options) => client.openWindow(options),
    closeWindow: () => client.closeWindow(),
  };
}

export const liff: Liff = createLiff();
export default liff;
