import type { ToDoctor } from "./doctor-messages.ts";
import { doctorPage } from "./doctor-page.ts";
import type { VsCodeApi } from "./host.ts";

declare function acquireVsCodeApi(): VsCodeApi;

/** The doctor's page in its frame: the editor's messages in, ours out. */
const api = acquireVsCodeApi();
const receive = doctorPage((message) => api.postMessage(message));

window.addEventListener("message", (event: MessageEvent<ToDoctor>) => receive(event.data));
