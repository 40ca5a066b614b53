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

// How long a notice stays, in milliseconds.
const noticeTime = 5000;
let noticeEnd = 0;

// Says something to everybody: what a button did that shows nowhere else.
export function notice(text: string): void {
  const at = $("notice");
  at.textContent = text;
  at.hidden = false;
  clearTimeout(noticeEnd);
  noticeEnd = setTimeout(() => (at.hidden = true), noticeTime);
  say(text);
}

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice(what + " copied");
  } catch {
    notice("The browser did not let the page copy: select the text instead");
  }
}

// Where the keyboard is in a part of the page that is about to be drawn anew: the result
// puts it there again. What is found by nearest, as "[data-seq]", keeps its own.
export function keepFocus(at: HTMLElement, nearest = ""): () => void {
  const has = document.activeElement;
  if (!(has instanceof HTMLElement) || !at.contains(has)) return () => undefined;
  const item = nearest ? has.closest<HTMLElement>(nearest) : null;
  const mark = item?.dataset.seq;
  const stops = (): HTMLElement[] => {
    const within = mark ? at.querySelector<HTMLElement>(`[data-seq="${mark}"]`) : at;
    return [...(within?.querySelectorAll<HTMLElement>("button, summary, pre[tabindex]") ?? [])];
  };
  const label = has.textContent;
  const nth = stops().indexOf(has);
  return () => {
    const now = stops();
    (now.find((e) => e.textContent === label) ?? now[nth])?.focus();
  };
}

const letters = new Intl.Segmenter();

// The first letter of a name as people see it: an emoji is one, whatever it is made of.
export function initial(name: string): string {
  return [...letters.segment(name.trim())][0]?.segment ?? "?";
}

export function clockTime(when: string | number | Date): string {
  return new Date(when).toLocaleTimeString("en-GB");
}
