import { chatPage } from "./chat-page.ts";
import { hostOf, type VsCodeApi } from "./host.ts";
import type { ToPage } from "./messages.ts";

declare function acquireVsCodeApi(): VsCodeApi;

/** The chat page in its frame: the editor's messages in, ours out. */
const receive = chatPage({
  host: hostOf(acquireVsCodeApi()),
  newId: () => crypto.randomUUID(),
  now: () => Date.now(),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
  requestFrame: (draw) => {
    requestAnimationFrame(() => draw());
  },
  later: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
});

window.addEventListener("message", (event: MessageEvent<ToPage>) => receive(event.data));
