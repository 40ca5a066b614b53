// The LIFF app of the browser's recipes: LINE's SDK from npm, and a server that is sent
// tokens, never what they say.
import liff from "@line/liff";

const show = (text) => (document.getElementById("greeting").textContent = text);

async function ask(path, token) {
  const answer = await fetch(path, { method: "POST", headers: { Authorization: "Bearer " + token } });
  if (answer.status === 401) return show("Please open the app again");
  if (!answer.ok) return show("Please try again later");
  const { name, id } = await answer.json();
  show(`Hello, ${name} (${id})`);
}

document.getElementById("profile").onclick = () => ask("/api/profile", liff.getAccessToken());
liff
  .init({ liffId: document.body.dataset.liffId, withLoginOnExternalBrowser: true })
  .then(() => ask("/api/me", liff.getIDToken()))
  .catch((error) => show("LIFF: " + error.message));
