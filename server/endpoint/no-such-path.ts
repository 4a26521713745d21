import { refusal } from "./check-request.ts";
import type { WireFault } from "./wire.ts";
import { pathOf } from "./wire-paths.ts";

/** Why nothing is served at a request's target, and what to do where that is known. `host` is the Host header, checked. */
export function noSuchPath(target: string, host: string): WireFault {
  const path = pathOf(target);
  const nothing = `There is nothing at ${shownPath(target)}`;
  const why = doubled.test(target)
    ? `this tool adds /v1 by itself. Give it http://${host}, without /v1, as the base address.`
    : unserved.find(({ at }) => at.test(path))?.why;
  return refusal(404, "not-found", why === undefined ? `${nothing}.` : `${nothing}: ${why}`);
}

/** The path as a message names it. */
export function shownPath(target: string): string {
  return JSON.stringify((target.split("?", 1)[0] ?? "").slice(0, 200));
}

const doubled = /^\/v1\/v1([/?]|$)/;

/** What tools ask for by themselves and can be told not to. */
const unserved: readonly { at: RegExp; why: string }[] = [
  {
    at: /^\/responses(\/|$)/,
    why: "the Responses API is not served here. Choose Chat Completions in this tool (POST /v1/chat/completions).",
  },
  {
    at: /^\/embeddings$/,
    why: "embeddings are not served here. Ask their provider for them itself.",
  },
];
