// What the script knows before the app runs: where the platform is, and in which kind of
// browser the app is to believe itself.

// Served sets this in front of the script: platform is the platform's origin, home that on
// its own machine, origin that of the app's port.
declare global {
  var __tegata: { platform: string; home: string; origin: string } | undefined;
}

// Phone is how the simulator wants its frame to look. It travels in the frame's name,
// which a script can read before anything has loaded, and which stays when the app moves
// from page to page.
export interface Phone {
  as: "liff" | "inapp" | "external";
  agent: string; // of the whole phone; empty: the browser's own
  language: string;
  sub: boolean; // a sub window
  liffId: string;
  opening: string; // another at each opening of an app
  net: string; // of the phone when the app was opened: online, slow or offline
  alone: boolean; // no other window of the phone is of this origin
}

export const namePrefix = "tegata-phone:";

export const platform = globalThis.__tegata?.platform ?? "";

// An app that was told of the platform on its own machine asks for it there, which a phone
// of the network does not reach.
export const home = globalThis.__tegata?.home ?? "";

export const phone: Phone | null = readPhone();

function readPhone(): Phone | null {
  if (parent === window || !window.name.startsWith(namePrefix)) return null;
  try {
    return JSON.parse(window.name.slice(namePrefix.length)) as Phone;
  } catch {
    return null;
  }
}
