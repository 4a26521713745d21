import { element, icon } from "./element.ts";

/** Words with an icon before them and one way on. */
export function noticeBlock(iconName: string, words: string, action: HTMLElement): HTMLElement {
  return element(
    "div",
    { class: "block notice" },
    icon(iconName),
    element("div", { class: "block-body" }, element("p", { class: "block-words" }, words), action),
  );
}
