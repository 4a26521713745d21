import { NANO_PER_USD, type NanoUsd } from "../../shared/money.ts";
import { routeName } from "../core/provider.ts";
import type { RelayBeginning, RelayBill } from "../core/relay.ts";

/** What the headers of an answer tell of it. Values are of printable ASCII, as headers are. */

export function beginningHeaders({
  route,
  reason,
  attempts,
  notSent,
  loweredTo,
}: RelayBeginning): Record<string, string> {
  return {
    "x-wayfare-model": headerText(routeName(route), 300),
    "x-wayfare-tier": route.tier,
    "x-wayfare-reason": headerText(reason, 500),
    "x-wayfare-attempts": String(attempts),
    ...(loweredTo === undefined ? {} : { "x-wayfare-max-tokens": String(loweredTo) }),
    ...(notSent.length === 0 ? {} : { "x-wayfare-not-sent": headerText(notSent.join(", "), 500) }),
  };
}

/** Known when an answer has ended: headers where it is not streamed, trailers where it is. */
export function billHeaders({ attempts, costNano, costSource }: RelayBill): Record<string, string> {
  return {
    "x-wayfare-attempts": String(attempts.length),
    "x-wayfare-cost-usd": costNano === null ? "unknown" : decimalUsd(costNano),
    "x-wayfare-cost-source": costSource,
  };
}

/** Dollars without rounding and without an exponent: `0.00000126`. */
export function decimalUsd(nano: NanoUsd): string {
  const digits = String(Math.max(0, Math.round(nano))).padStart(String(NANO_PER_USD).length, "0");
  const cents = digits.slice(-9).replace(/0+$/, "");
  return digits.slice(0, -9) + (cents === "" ? "" : `.${cents}`);
}

/** Percent signs and what is not printable ASCII are percent-encoded as UTF-8; cut between characters where it is too long. */
export function headerText(text: string, maxLength: number): string {
  if (text.length <= maxLength && plainText.test(text)) return text.trim();
  let written = "";
  for (const character of text) {
    const plain = plainText.test(character);
    const next = plain ? character : isHalf(character) ? "?" : encodeURIComponent(character);
    if (written.length + next.length > maxLength) break;
    written += next;
  }
  return written.trim();
}

const plainText = /^[\x20-\x24\x26-\x7e]*$/;

/** Half of a surrogate pair stands for nothing, and cannot be encoded. */
function isHalf(character: string): boolean {
  return character.length === 1 && character >= "\ud800" && character <= "\udfff";
}
