// The script-tag build, run as a script.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const script = readFileSync(new URL("../dist/liff.js", import.meta.url), "utf8");

function run(window) {
  const context = createContext({ window });
  runInContext(script, context);
  return { window, globals: Object.keys(context) };
}

test("defines window.liff and window.tegataLiff and nothing else", () => {
  const { window, globals } = run({});
  assert.equal(typeof window.liff.init, "function");
  assert.equal(window.tegataLiff, window.liff);
  assert.deepEqual(Object.keys(window).sort(), ["liff", "tegataLiff"]);
  assert.deepEqual(globals, ["window"]);
});

test("leaves an existing window.liff alone", () => {
  const theirs = {};
  const { window } = run({ liff: theirs });
  assert.equal(window.liff, theirs);
  assert.equal(typeof window.tegataLiff.init, "function");
});

test("an element named liff is no liff object", () => {
  const { window } = run(Object.create({ liff: "element" }));
  assert.equal(window.liff, window.tegataLiff);
});
