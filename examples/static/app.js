// The demo LIFF app. It logs in with the open LIFF client, sends the tokens to its own
// server, and shows a name only after the server has verified them. What the page could
// read out of a token by itself is never shown and never sent.

(() => {
  "use strict";

  const liff = window.tegataLiff;
  const $ = (selector) => document.querySelector(selector);
  const show = (selector, visible) => { $(selector).hidden = !visible; };

  // Words for the server's reasons that the user can do something about.
  const advice = {
    missing: "No token was sent.",
    expired: "The token has expired: log in again.",
    inactive: "The platform no longer accepts the token: log in again.",
    unavailable: "The platform could not be asked: try again in a moment.",
    no_id_token: "There is no ID token, or its hour is over: log in again. The app's scopes must have openid.",
  };

  // Counts log-outs, so that a late answer of the server greets nobody.
  let visits = 0;

  function say(text) { $("#status").textContent = text; }

  function problem(text) {
    $("#problem").textContent = text;
    show("#problem", text !== "");
  }

  // Posts to this app's own server. The token travels in the Authorization header alone.
  async function post(path, token, body) {
    const headers = {};
    if (token !== null) headers.Authorization = "Bearer " + token;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(path, {
      method: "POST", headers, credentials: "omit", redirect: "error", body,
    });
    const answer = await response.json();
    return { status: response.status, answer };
  }

  // One way of proving who is there. Returns the user, or null, and writes the row.
  async function prove(way, token) {
    const row = $(`[data-way="${way}"]`);
    const outcome = row.querySelector("[data-outcome]");
    delete row.dataset.result;
    outcome.textContent = "asking the server";
    let user = null;
    let reason = "no_id_token";
    try {
      if (token !== null) {
        const { status, answer } = await post("api/" + way, token);
        if (status === 200) user = answer;
        reason = answer.reason ?? `status ${status}`;
      }
    } catch {
      reason = "This app's server did not answer.";
    }
    outcome.textContent = user ? `verified: ${user.name ?? "no name"}` : `refused: ${advice[reason] ?? reason}`;
    if (user) {
      const id = document.createElement("code");
      id.textContent = user.userId;
      outcome.append(id);
    }
    row.dataset.result = user ? "ok" : "failed";
    return user;
  }

  function greet(user) {
    $("#greeting").textContent = "Hello, " + (user.name ?? user.userId);
    show("#greeting", true);
    show("#stranger", false);
    const picture = $("#picture");
    // Only a picture from the web: the server verified who says it, not what it is.
    const isWeb = typeof user.picture === "string" && /^https?:\/\//.test(user.picture);
    if (isWeb) picture.src = user.picture;
    show("#picture", isWeb);
  }

  function showStranger(text) {
    for (const id of ["#greeting", "#picture", "#proof", "#forge", "#logout", "#refusal"]) show(id, false);
    $("#picture").removeAttribute("src");
    $("#greeting").textContent = "";
    $("#profile").value = "";
    show("#stranger", true);
    show("#login", true);
    say(text);
  }

  async function showMember() {
    const visit = visits;
    say("Asking the server who you are…");
    writeProfile(anybody);
    for (const id of ["#proof", "#forge", "#logout"]) show(id, true);
    const [byIDToken, byAccessToken] = await Promise.all([
      prove("id-token", liff.getIDToken()),
      prove("access-token", liff.getAccessToken()),
    ]);
    if (visit !== visits) return; // logged out meanwhile
    if (byIDToken && byAccessToken && byIDToken.userId !== byAccessToken.userId) {
      problem("The two tokens are of different users. Log out and log in again.");
      say("");
      return;
    }
    const user = byIDToken ?? byAccessToken;
    if (user) {
      greet(user);
      say("The server knows this from a token that it verified, not from this page.");
    } else {
      say("");
      problem("The server could not verify who you are. The table below says why.");
    }
    show("#login", !byIDToken || !byAccessToken);
    // Last, and only with a live token: a refused one would end the login here.
    if (byAccessToken) await fillProfile();
  }

  async function login() {
    $("#login").disabled = true;
    try {
      // Come back to this page if it is below the endpoint URL, else to the endpoint URL.
      const here = location.origin + location.pathname;
      const endpoint = liff.getContext()?.endpointUrl;
      await liff.login(endpoint && here.startsWith(endpoint) ? { redirectUri: here } : {});
    } catch (error) {
      problem("The login could not begin: " + error.message);
      $("#login").disabled = false;
    }
  }

  async function logout() {
    $("#logout").disabled = true;
    visits++;
    const result = await liff.logout();
    $("#logout").disabled = false;
    problem("");
    showStranger(result.revoked
      ? "You are logged out, and the access token is revoked."
      : "You are logged out on this device. The access token was not revoked: " + (result.reason ?? "no reason given"));
  }

  const anybody = { userId: "U" + "0".repeat(32), displayName: "Anybody" };

  // Fills in what the page knows of the user by itself, to be sent or to be changed.
  async function fillProfile() {
    const visit = visits;
    try {
      const profile = await liff.getProfile();
      if (visit === visits) writeProfile(profile);
    } catch (error) {
      console.info("the platform gave no profile: " + error.message);
    }
  }

  function writeProfile(profile) { $("#profile").value = JSON.stringify(profile, null, 2); }

  // Does what a page must not do, and shows the answer.
  async function sendProfile() {
    const refusal = $("#refusal");
    const head = document.createElement("b");
    const text = document.createElement("span");
    $("#send-profile").disabled = true;
    try {
      const { status, answer } = await post("api/profile", null, $("#profile").value);
      head.textContent = `The server answered ${status}: ${answer.reason ?? "accepted"}`;
      text.textContent = answer.message ?? "";
    } catch (error) {
      head.textContent = "The profile could not be sent";
      text.textContent = error.message;
    }
    refusal.replaceChildren(head, text);
    show("#refusal", true);
    $("#send-profile").disabled = false;
  }

  async function start() {
    const response = await fetch("config.json", { credentials: "omit" });
    if (!response.ok) throw new Error(`config.json: status ${response.status}`);
    await liff.init(await response.json());
    if (liff.isLoggedIn()) await showMember();
    else showStranger("Log in, and the server will greet you by name once it has verified your tokens.");
  }

  $("#login").addEventListener("click", login);
  // Back from the login page by the browser's own button: the page is as it was left.
  window.addEventListener("pageshow", () => { $("#login").disabled = false; });
  $("#logout").addEventListener("click", logout);
  $("#send-profile").addEventListener("click", sendProfile);
  start().catch((error) => {
    showStranger("");
    problem("The login did not complete: " + error.message);
  });
})();
