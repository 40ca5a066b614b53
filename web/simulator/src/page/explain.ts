// The words of the checks: what the script in front of the app found, why it matters by
// LINE's own page, and what to do.

export interface Advice {
  title: string;
  why: string;
  page: string; // title of LINE's page
  fix: string;
  grave: boolean;
}

const data = "Using user data in LIFF apps and servers";
const claims = "Get profile information from ID tokens";
const init = "Developing a LIFF app";

export const advice: Record<string, Advice> = {
  "profile-without-token": {
    title: "The app sends the user's data to a server without a token", grave: true, page: data,
    why: "Do not send the details of the user's profile from the app to the server. Anybody can write a user ID into a request.",
    fix: "Send the access token or the raw ID token, and let the server get the profile from the platform after it has verified the token.",
  },
  "token-in-url": {
    title: "A token is in the URL of a request", grave: true, page: data,
    why: "URLs end in the logs of servers and proxies, and in the history.",
    fix: "Send the token in the Authorization header or in the body.",
  },
  "token-in-page-url": {
    title: "A token is in the address of the page", grave: true, page: init,
    why: "The address goes to other sites as Referer, and is shown and shared.",
    fix: "Keep tokens out of the query. The tokens that the LIFF browser hands over are in the fragment, and liff.init() takes them away: wait for it before you change the URL.",
  },
  "token-in-referer": {
    title: "A token leaves in the Referer header", grave: true, page: init,
    why: "The address of the page holds a token, and this request carries that address on. Whoever serves the request can use the token.",
    fix: "Take the token out of the address. Until then, send Referrer-Policy: strict-origin-when-cross-origin or a stricter one.",
  },
  "expired-id-token-sent": {
    title: "The app sends an ID token that has expired", grave: true, page: claims,
    why: "A server that checks exp refuses it; one that does not is open to old tokens.",
    fix: "Ask for a new token: liff.logout() and liff.login() in a browser, or open the app again in LINE.",
  },
  "expired-id-token-stored": {
    title: "An ID token that has expired is still stored", grave: false, page: claims,
    why: "liff.getIDToken() goes on to return it: an ID token is good for an hour, and the SDK does not renew it.",
    fix: "Look at exp of liff.getDecodedIDToken() before you use the token, and log in again when it has passed.",
  },
  "token-copied": {
    title: "The app keeps a copy of a token", grave: false, page: data,
    why: "The copy lives on when the SDK's is removed: after logout, or when the app was closed.",
    fix: "Ask liff.getAccessToken() or liff.getIDToken() each time.",
  },
  "init-outside-endpoint": {
    title: "liff.init() runs outside of the endpoint URL", grave: true, page: init,
    why: "liff.init() works as described only at the endpoint URL or below it; permanent links cannot be made here.",
    fix: "Call liff.init() at or below the endpoint URL, or set a shorter endpoint URL.",
  },
  "init-failed": {
    title: "liff.init() failed", grave: true, page: init,
    why: "Without it nothing of LIFF works. The code that the SDK gave is beside the place.",
    fix: "See the console for the reason, and the network for a call that was refused. Show your users a way out: the error is the app's to catch.",
  },
  "policy-in-page": {
    title: "The page has a content security policy of its own in a meta element", grave: false, page: init,
    why: "tegata changes headers in development, not your page: the policy may stop the script or the calls to the platform.",
    fix: "If something does not load, send the policy as a header, at least in development.",
  },
};

// The rows of LINE's table of claims.
export const claimWords: Record<string, string> = {
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
  email: "E-mail address. With the scope email",
};

// What the SDK stores, by the last part of the key.
export const storeWords: Record<string, string> = {
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
  expires: "When the access token expires (a cookie)",
};

// Features of LINE's app that are not simulated, by the name that the SDK calls.
export const missing: Record<string, string> = {
  advertisingId: "liff.getAdvertisingId()",
  addToHomeScreen: "liff.addToHomeScreen()",
  scanCode: "liff.scanCode(), which LINE has replaced by liff.scanCodeV2()",
  "line://shortcut": "the home screen of the phone",
};
