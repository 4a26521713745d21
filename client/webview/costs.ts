import type { ToCosts } from "./costs-messages.ts";
import { costsPage } from "./costs-page.ts";
import { charts } from "./draw-charts.ts";
import type { VsCodeApi } from "./host.ts";

declare function acquireVsCodeApi(): VsCodeApi;

/** The page of costs in its frame: the editor's messages in, ours out; drawn anew when the editor changes its theme. */
const api = acquireVsCodeApi();
const page = costsPage((message) => api.postMessage(message), charts);

window.addEventListener("message", (event: MessageEvent<ToCosts>) => page.receive(event.data));
// The editor names the kind of theme at the body and writes its colours to the root.
const themes = new MutationObserver(page.redraw);
themes.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
themes.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
