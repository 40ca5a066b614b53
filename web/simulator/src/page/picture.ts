// Reads the QR code of a picture that the user chooses. The picture stays in this page.

import { path } from "./api";

declare global {
  var __tegataQR: ((picture: ImageData) => string) | undefined;
}

// The longest side at which a picture is looked at, in pixels.
const maxSide = 1600;

let loading: Promise<void> | null = null;

function load(): Promise<void> {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = path + "qr.js";
    script.onload = () => done();
    script.onerror = () => failed(new Error("The reader of QR codes could not be loaded: reload the page"));
    document.head.append(script);
  });
  return loading;
}

export async function readPicture(file: Blob): Promise<string> {
  await load();
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) throw new Error("This file is no picture that the browser can show: choose a PNG or JPEG");
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen || !globalThis.__tegataQR) throw new Error("The browser cannot read pictures");
  pen.fillStyle = "#fff"; // behind what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  try {
    return globalThis.__tegataQR(pen.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    throw new Error("No QR code was found in the picture: choose one that shows the whole code, sharp and upright");
  }
}
