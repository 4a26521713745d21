import type { ToEndpoint } from "./endpoint-messages.ts";
import { endpointPage } from "./endpoint-page.ts";
import type { VsCodeApi } from "./host.ts";

declare function acquireVsCodeApi(): VsCodeApi;

/** The page of the local endpoint in its frame: the editor's messages in, ours out. */
const api = acquireVsCodeApi();
const receive = endpointPage((message) => api.postMessage(message));

window.addEventListener("message", (event: MessageEvent<ToEndpoint>) => receive(event.data));
