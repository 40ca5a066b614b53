// Elements without a template library: what is written is text, never markup.

type Child = Node | string | null;
type Props = Record<string, string | number | boolean | EventListener | null | undefined>;

// Makes an element. A property that begins with "on" is a listener; true is an attribute
// without a value; false, null and undefined leave it out.
export function h(tag: string, props: Props = {}, ...children: Child[]): HTMLElement {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") el.addEventListener(name.slice(2), value);
    else if (value === true) el.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) el.setAttribute(name, String(value));
  }
  el.append(...children.filter((c): c is Node | string => c !== null));
  return el;
}

export function $<T extends HTMLElement = HTMLElement>(id: string): T {
  const el = document.getElementById(id);
  if (!el) throw new Error("the page has no #" + id);
  return el as T;
}

// Says something to people who do not see it.
export function say(text: string): void {
  $("said").textContent = text;
}

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(what + " copied");
  } catch {
    say("The browser did not let the page copy: select the text instead");
  }
}

export function clockTime(when: string | number | Date): string {
  return new Date(when).toLocaleTimeString("en-GB");
}
