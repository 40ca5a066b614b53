// The test app: it starts the SDK with the options that the page carries and leaves
// what came of it where the tests look. liff-sdk stands for one of the two versions.
import liff from "liff-sdk";

const options = JSON.parse(document.getElementById("options").textContent);

window.liff = liff;
liff.init(options).then(
  () => (window.outcome = { ok: true }),
  (error) => (window.outcome = { ok: false, code: String(error.code), message: error.message }),
);
