import type { VsCodeApi } from "./host.ts";
import type { ToRoutes } from "./routes-messages.ts";
import { routesPage } from "./routes-page.ts";
import { orderIn } from "./sort-routes.ts";

declare function acquireVsCodeApi(): VsCodeApi;

/** The page of routes in its frame: the editor's messages in, ours out. */
const api = acquireVsCodeApi();
const receive = routesPage({
  post: (message) => api.postMessage(message),
  recallOrder: () => orderIn(api.getState()),
  rememberOrder: (order) => api.setState({ order }),
});

window.addEventListener("message", (event: MessageEvent<ToRoutes>) => receive(event.data));
