// A LIFF app like any other: LINE's SDK from npm, no word of tegata. The path decides how
// it starts: below /auto/ it logs in at once.
import liff from "@line/liff";

const show = (id, text) => (document.getElementById(id).textContent = String(text));

window.liff = liff;
document.getElementById("login").onclick = () => liff.login();
document.getElementById("close").onclick = () => liff.closeWindow();
document.getElementById("send").onclick = () => liff.sendMessages([{ type: "text", text: "hello" }]);
document.getElementById("profile").onclick = () =>
  liff.getProfile().then((profile) => show("name", profile.displayName), (error) => show("name", "failed: " + error.code));

liff
  .init({ liffId: document.body.dataset.liffId, withLoginOnExternalBrowser: new URL(location.href).searchParams.has("auto") })
  .then(async () => {
    show("place", location.pathname + location.search.replace(/[?&](code|state|liffClientId|liffRedirectUri)=[^&]*/g, "") + location.hash);
    show("inside", liff.isInClient());
    show("user", liff.isLoggedIn() ? liff.getDecodedIDToken()?.sub : "nobody");
    show("state", "ready");
  })
  .catch((error) => show("state", "failed: " + error.code));
