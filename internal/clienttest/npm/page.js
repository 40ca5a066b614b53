// The test app: it starts the SDK with the options that the page carries and leaves
// what came of it where the tests look. liff-sdk stands for one of the two versions.
import liff from "liff-sdk";

const options = JSON.parse(document.getElementById("options").textContent);

window.liff = liff;
liff.init(options).then(
  () => (window.outcome = { ok: true }),
  (error) => (window.outcome = { ok: false, code: String(error.code), message: error.message }),
);

// The simulator's tests cannot look into the phone's frame, which has another origin: they
// send an expression with a port for the answer.
addEventListener("message", async (event) => {
  const [port] = event.ports;
  if (typeof event.data?.evaluate !== "string" || !port) return;
  try {
    port.postMessage({ value: (await (0, eval)(event.data.evaluate)) ?? null, failed: false, code: "", message: "" });
  } catch (error) {
    port.postMessage({ value: null, failed: true, code: String(error.code), message: String(error.message) });
  }
});
