import type { FromPage } from "./messages.ts";

/** What the page remembers by itself over a reload of the window. */
export interface Remembered {
  sessionId: string | null;
  draft: string;
  /** The mark of a cap whose notice was put away, "" for none. */
  dismissed: string;
}

/** The page's only way out: messages to the extension host, and the memory VS Code keeps for it. */
export interface Host {
  post(message: FromPage): void;
  recall(): Remembered;
  remember(remembered: Remembered): void;
}

/** What `acquireVsCodeApi()` gives; it can be called once. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

export function hostOf(api: VsCodeApi): Host {
  return {
    post: (message) => api.postMessage(message),
    recall: () => rememberedIn(api.getState()),
    remember: (remembered) => api.setState(remembered),
  };
}

/** An older version of the page may have written something else: what does not fit is forgotten. */
function rememberedIn(state: unknown): Remembered {
  if (typeof state !== "object" || state === null) return { sessionId: null, draft: "", dismissed: "" };
  const sessionId = "sessionId" in state && typeof state.sessionId === "string" ? state.sessionId : null;
  const draft = "draft" in state && typeof state.draft === "string" ? state.draft : "";
  const dismissed = "dismissed" in state && typeof state.dismissed === "string" ? state.dismissed : "";
  return { sessionId, draft, dismissed };
}
