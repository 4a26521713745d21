import { refusal } from "./check-request.ts";
import type { WireFault } from "./wire.ts";

/** Why an endpoint takes no more: it is stopped, or its token holds no longer. */
export type WhyClosed = "stopped" | "renewed";

/** What those are told whose answers are broken off by that. */
export const closedFaults: Record<WhyClosed, WireFault> = {
  stopped: { ...refusal(503, "unavailable", "The endpoint is being stopped."), code: "endpoint_stopping" },
  // Tried again with the old one it would not be let in: no client is to repeat this by itself.
  renewed: {
    ...refusal(401, "unauthorized", "The endpoint's token was renewed while this was answered: show the new one."),
    code: "token_renewed",
  },
};
