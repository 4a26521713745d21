import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { challengeForm, challengeHeader } from "./prove-token.ts";
import { badRequest, type WireFault } from "./wire.ts";

/** What is looked at before a byte of a body is read. Each check gives the fault, or null where there is none. */

/** A page of a browser can point a name of its own at this machine (DNS rebinding); the Host header still says that name. */
export function checkHost(host: string | undefined, port: number): WireFault | null {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (host !== undefined && names.includes(host.toLowerCase())) return null;
  return refusal(421, "forbidden", `Ask for ${names.join(", ")}: the Host header names another machine.`);
}

export function checkOrigin(origin: string | undefined): WireFault | null {
  if (origin === undefined) return null;
  return refusal(
    403,
    "forbidden",
    "Pages of browsers are not let in: a request with an Origin header is not answered.",
  );
}

/** Whether the headers hold the token, as a bearer token or as `x-api-key`. Takes as long for a wrong one as for the right. */
export function createTokenCheck(token: string): (headers: IncomingHttpHeaders) => boolean {
  const right = digest(token);
  return (headers) => {
    const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    const key = headers["x-api-key"];
    const isBearer = timingSafeEqual(digest(bearer), right);
    const isKey = timingSafeEqual(digest(typeof key === "string" ? key : ""), right);
    return isBearer || isKey;
  };
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

export const noToken: WireFault = {
  ...refusal(
    401,
    "unauthorized",
    "Send the endpoint's token in the Authorization header, behind the word Bearer, or in x-api-key.",
  ),
  code: "invalid_api_key",
};

export function checkContent(headers: IncomingHttpHeaders): WireFault | null {
  const said = headers["content-type"] ?? "";
  if (!/^application\/json *(;|$)/i.test(said)) {
    const named = said === "" ? "without a content-type" : `of type ${printable(said, 100)}`;
    return refusal(415, "bad-request", `Send the body as content-type: application/json; it came ${named}.`);
  }
  const coding = headers["content-encoding"] ?? "identity";
  if (coding.toLowerCase() === "identity") return null;
  return refusal(415, "bad-request", `Send the body as it is: content-encoding ${printable(coding, 40)} is not read.`);
}

/** The conversation and the book that the headers name. Throws a WireError for what cannot be one. */
export function readAsker(headers: IncomingHttpHeaders): { session: string | null; workspace: string | null } {
  return {
    session: readName(headers, "x-wayfare-session", /^[\x20-\x7e]{1,200}$/, "1 to 200 printable characters"),
    workspace: readName(
      headers,
      "x-wayfare-workspace",
      /^[\w. -]{1,64}$/,
      "1 to 64 letters, digits, dots, dashes, underscores or spaces",
    ),
  };
}

/** What someone who looks at the port wants to have proved, or null. Throws a WireError for what cannot be that. */
export function readChallenge(headers: IncomingHttpHeaders): string | null {
  return readName(headers, challengeHeader, challengeForm, "32 to 128 hexadecimal digits");
}

function readName(headers: IncomingHttpHeaders, header: string, form: RegExp, words: string): string | null {
  const value = headers[header];
  if (value === undefined) return null;
  if (typeof value === "string" && form.test(value)) return value;
  throw badRequest(header, `The header ${header} takes ${words}.`);
}

export function refusal(status: number, kind: WireFault["kind"], message: string): WireFault {
  return { status, kind, message, param: null, code: null, retryAfterMs: null };
}

function printable(text: string, length: number): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, length);
}
