// The page in place of an app whose dev server is not up: it goes on by itself once
// somebody is there.

// How often it looks, in milliseconds.
const every = 2000;

async function look(): Promise<void> {
  const up = await fetch(document.body.dataset.ask ?? "", { cache: "no-store" }).then((a) => a.status === 204, () => false);
  if (up) location.reload();
  else setTimeout(() => void look(), every);
}

const next = document.querySelector("#next");
if (next) next.textContent = "Start your dev server at that address: the app opens here as soon as it is up.";
void look();
export {};
