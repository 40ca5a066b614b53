// Reads a QR code out of a picture. It is a file of its own, loaded when a picture is
// chosen: Chromium's BarcodeDetector is not on every system.

import decode from "qr/decode.js";

declare global {
  var __tegataQR: ((picture: ImageData) => string) | undefined;
}

globalThis.__tegataQR = (picture) => decode({ width: picture.width, height: picture.height, data: picture.data });
