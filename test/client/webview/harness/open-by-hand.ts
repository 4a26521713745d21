import { chatPage } from "../../../../client/webview/chat-page.ts";
import type { Remembered } from "../../../../client/webview/host.ts";
import { type FromPage, fromPageSchema, type PageState, type ToPage } from "../../../../client/webview/messages.ts";
import { pageHtml } from "../../../../client/webview/page-html.ts";
import type { Turn } from "../../../../shared/answer.ts";
import { turn } from "./samples.ts";

globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

/** A page whose frames and delays are run by hand, with what it said to its host. */
export function openByHand(remembered: Remembered = { sessionId: null, draft: "", dismissed: "" }) {
  // A body of its own: the page before listens on its own.
  document.body = document.createElement("body");
  const html = pageHtml({ nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" });
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  const sent: FromPage[] = [];
  const frames: (() => void)[] = [];
  const delays: (() => void)[] = [];
  let kept = remembered;
  let ids = 0;
  const receive = chatPage({
    host: {
      // What the page says must be what the host can read.
      post: (message) => sent.push(fromPageSchema.parse(message)),
      recall: () => kept,
      remember: (next) => {
        kept = next;
      },
    },
    newId: () => `new-${++ids}`,
    now: () => 1_000,
    timeZone: "Europe/Lisbon",
    requestFrame: (draw) => frames.push(draw),
    later: (_, run) => {
      delays.push(run);
      return () => {
        const at = delays.indexOf(run);
        if (at !== -1) delays.splice(at, 1);
      };
    },
  });
  const box = document.querySelector("textarea") as HTMLTextAreaElement;
  return {
    receive,
    sent,
    box,
    kept: () => kept,
    frame: () => {
      for (const draw of frames.splice(0)) draw();
    },
    pause: () => {
      for (const run of delays.splice(0)) run();
    },
    show: (state: PageState) => receive({ type: "state", state }),
    type: (text: string) => {
      box.value = text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
    key: (key: string, more: KeyboardEventInit = {}, on: Element = box) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
      on.dispatchEvent(event);
      return event;
    },
    last: () => sent.at(-1),
    words: () => document.querySelector("#conversation")?.textContent?.replace(/\s+/g, " ") ?? "",
  };
}

export const find = (selector: string) => document.querySelector<HTMLElement>(selector);
export const buttonWith = (words: string) =>
  [...document.querySelectorAll("button")].find((button) => button.textContent === words);
export const answering = (values: Partial<Turn> = {}): Turn =>
  turn({ id: "t", state: "answering", answer: "", decision: null, question: "Why?", ...values });
export const texts = (turnId: string, ...pieces: string[]): ToPage => ({
  type: "parts",
  turnId,
  parts: pieces.map((text) => ({ type: "text", text })),
});
