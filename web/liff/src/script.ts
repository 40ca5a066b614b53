// Entry of the script-tag build.

import liff from "./index.js";

const names = window as unknown as Record<string, unknown>;
names.tegataLiff = liff;
// An own property only: an element with id="liff" is no liff object.
if (!Object.prototype.hasOwnProperty.call(window, "liff")) {
  names.liff = liff;
}
