import { createRedactor } from "./redact.ts";

/** What carries a request is Wayfare's to say: two of these, or a wrong one, break it. */
const framing =
  /^(host|connection|proxy-connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|content-type|content-encoding|accept-encoding)$/i;

/** Whoever carries a key in a header has it in the clear, in a file that is synced. */
const keyHeaders = /^(authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie)$/i;

/** Gateways that want a token of their own beside the vendor's key, for which there is no other place. */
const secondTokens = /^(cf-aig-|x-portkey-)/i;

const redact = createRedactor(() => []);

/** RFC 9110, §5.6.2: a token. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible characters, spaces and tabs: a line break would begin a header of its own. */
const headerValue = /^[\t\x20-\x7e]*$/;

/** True for a header that is there for a key, whatever it holds, and for one whose value has the shape of a key. */
export function carriesKey(name: string, value: string): boolean {
  return keyHeaders.test(name) || (!secondTokens.test(name) && redact(value) !== value);
}

/** Why a header of the person's own cannot go along with a request, with what to do; null: it can. */
export function refuseOwnHeader(name: string, value: string): string | null {
  if (!headerName.test(name)) {
    return "This is no name of a header: one is letters, digits and dashes. Correct or remove it.";
  }
  if (framing.test(name)) return "This header is Wayfare's own to set: a wrong one breaks every request. Remove it.";
  if (carriesKey(name, value)) {
    return 'This header carries a key, and settings are synced in the clear. Remove it and give the key by "Wayfare: Change Key".';
  }
  if (headerValue.test(value)) return null;
  const isOneLine = !/[\r\n]/.test(value);
  return isOneLine
    ? "This header holds a character that none can: only plain ASCII letters, digits and signs are sent. Correct it."
    : "This header holds a line break, which would begin a header of its own. Write it in one line.";
}
