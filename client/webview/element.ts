/** What an element is made with: `null`, `undefined` and `false` leave an attribute out, `true` writes it empty. */
export type Attributes = Record<string, string | number | boolean | null | undefined>;
export type Child = Node | string | null;

/** One DOM element with its attributes and children. Text is always text: nothing on this page is parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

/** A codicon, hidden from screen readers: whatever it stands on carries its own name. */
export function icon(name: string): HTMLElement {
  return element("span", { class: `codicon codicon-${name}`, "aria-hidden": "true" });
}

/** A button that shows an icon and is called `label` by screen readers and in its tooltip. */
export function iconButton(name: string, label: string, onClick: () => void): HTMLButtonElement {
  const button = element("button", { type: "button", class: "icon-button", "aria-label": label, title: label });
  button.append(icon(name));
  button.addEventListener("click", onClick);
  return button;
}

/** A button with words. `look` is `primary`, `secondary` or `link`. */
export function textButton(
  words: string,
  look: "primary" | "secondary" | "link",
  onClick: () => void,
): HTMLButtonElement {
  const button = element("button", { type: "button", class: `text-button ${look}` }, words);
  button.addEventListener("click", onClick);
  return button;
}

/** Text that only screen readers meet. */
export function unseen(tag: "span" | "h2", words: string): HTMLElement {
  return element(tag, { class: "unseen" }, words);
}

/** The element with this id, which the page's own HTML holds. Throws when the page is not ours. */
export function mustFind(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element "${id}".`);
  return found;
}

/** Focuses what is longer than the window and stays where the person reads: the browser would bring its top to the edge. */
export function focusInPlace(node: HTMLElement): void {
  node.focus({ preventScroll: true });
}

/**
 * Tells of each value whether it differs from the one before, by what JSON shows of it. What is drawn anew without need
 * loses the focus, and a press that has begun on it.
 */
export function changes(): (value: unknown) => boolean {
  let before = "";
  return (value) => {
    const now = JSON.stringify(value);
    if (now === before) return false;
    before = now;
    return true;
  };
}
