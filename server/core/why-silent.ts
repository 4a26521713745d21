import type { Failure } from "../../shared/failure.ts";
import { describeAttempt } from "./failure-action.ts";

/** Why a completion that was wanted did not come, in the few words that fit a status bar. */
export function whySilent(failure: Failure): string {
  switch (failure.kind) {
    case "budget":
      return failure.cap === undefined ? "price not known" : "budget reached";
    case "silence":
    case "stall":
      return "no answer in time";
    case "auth":
      return "key refused";
    case "rate-limit":
      return "rate limited";
    case "overloaded":
      return "its model is busy";
    case "content-filter":
      return refusedByFilter;
    case "empty":
      return nothingToSuggest;
    default:
      return describeAttempt(failure);
  }
}

export const refusedByFilter = "refused by its filter";
export const nothingToSuggest = "nothing to suggest";
