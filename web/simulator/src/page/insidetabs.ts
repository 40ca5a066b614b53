// The tabs of the app's console and of the SDK's storage.

import { $, clockTime, h } from "./dom";
import { storeWords } from "./explain";
import { inside } from "./hear";

let drawn = "";

export function draw(): void {
  // Only what changed is drawn again: somebody may be reading, or be in there by keyboard.
  const what = JSON.stringify([inside.console.length, inside.console.at(-1)?.at, inside.storage]);
  if (what === drawn) return;
  drawn = what;
  const lines = inside.console.slice(-150).reverse();
  $("panel-console").replaceChildren(lines.length
    ? h("ol", { class: "console" }, ...lines.map((l) => h("li", { class: l.level }, h("span", { class: "note" }, clockTime(l.at)), " ", l.what)))
    : h("p", { class: "empty" }, "Nothing yet. What the app writes to the console appears here."));
  const keys = Object.entries(inside.storage);
  $("panel-storage").replaceChildren(keys.length
    ? h("dl", { class: "storage" }, ...keys.flatMap(([key, value]) => [
      h("dt", {}, h("code", {}, key.replace(/^LIFF_STORE:/, ""))),
      h("dd", {}, h("span", { class: "note" }, storeWords[key.split(":").pop() ?? ""] ?? "not known"), h("pre", { tabindex: 0 }, value.slice(0, 600)))]))
    : h("p", { class: "empty" }, "Nothing yet. The keys that the LIFF SDK stores appear here, with what they mean."));
}
