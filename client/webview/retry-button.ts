import type { Decision } from "../../shared/answer.ts";
import { textButton } from "./element.ts";
import { roughUsd } from "./price-words.ts";

/**
 * Asks a turn's question once more where its answer was found wanting: on the frontier tier with what that may cost, or
 * of the same tier where the frontier has answered already or there is none. Only a click does.
 */
export function retryButton(
  decision: Decision | null,
  kind: Parameters<typeof textButton>[1],
  retry: (mode: string) => void,
): HTMLButtonElement {
  const other = decision?.otherTier ?? null;
  if (other?.tier !== "frontier") return textButton("Retry", kind, () => retry(decision?.mode ?? "auto"));
  const price = other.costNano === null ? "" : ` (about ${roughUsd(other.costNano)})`;
  return textButton(`Retry on frontier${price}`, kind, () => retry("frontier"));
}
