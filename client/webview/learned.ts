import type { VsCodeApi } from "./host.ts";
import type { ToLearned } from "./learned-messages.ts";
import { learnedPage } from "./learned-page.ts";

declare function acquireVsCodeApi(): VsCodeApi;

/** The page of what was learned in its frame: the editor's messages in, ours out. */
const api = acquireVsCodeApi();
const receive = learnedPage((message) => api.postMessage(message));

window.addEventListener("message", (event: MessageEvent<ToLearned>) => receive(event.data));
