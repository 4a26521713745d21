import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { challengeForm, challengeHeader } from "./prove-token.ts";
import { badRequest, type WireFault } from "./wire.ts";

/** What is looked at before a byte of a body is read. Each check gives the fault, or null where there is none. */

/** A page of a browser can point a name of its own at this machine (DNS rebinding); the Host header still says that name. */
export function checkHost(host: string | undefined, port: number): WireFault | null {
  const names = machines.map((machine) => `${machine}:${port}`);
  const said = host?.toLowerCase();
  const isBare = machines.some((machine) => machine === said);
  // The port of http itself is left out by those who ask there.
  if (said !== undefined && (names.includes(said) || (isBare && port === 80))) return null;
  const wrong = isBare ? "names no port" : "names another machine";
  return refusal(421, "forbidden", `Ask for ${names.join(", ")}: the Host header ${wrong}.`);
}

const machines: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/** Of several, Node reads the first, and another program before it may have heeded the last. */
export function checkHostCount(rawHeaders: readonly string[]): WireFault | null {
  const count = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  return count < 2 ? null : refusal(400, "bad-request", `Send one Host header: ${count} came.`);
}

export function checkOrigin(origin: string | undefined): WireFault | null {
  if (origin === undefined) return null;
  return refusal(
    403,
    "forbidden",
    "Pages of browsers are not let in: a request with an Origin header is not answered.",
  );
}

/**
 * Whether the headers hold the token, as a bearer token or as `x-api-key`. Takes as long for a wrong one as for the right.
 * `wordFor` puts what is said of it into the words of who runs the endpoint.
 */
export function createTokenCheck(
  token: string,
  wordFor: (message: string) => string = (message) => message,
): (headers: IncomingHttpHeaders) => WireFault | null {
  const right = digest(token);
  const fault = (message: string): WireFault => ({
    ...refusal(401, "unauthorized", wordFor(`${message} Run "Wayfare: Show Local Endpoint" to copy it.`)),
    code: "invalid_api_key",
  });
  const none = fault("Send the endpoint's token in the Authorization header, behind the word Bearer, or in x-api-key.");
  const wrong = fault("The token that came is not this endpoint's: it may have been renewed since.");
  return (headers) => {
    const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    const said = headers["x-api-key"];
    const key = typeof said === "string" ? said : "";
    const isBearer = timingSafeEqual(digest(bearer), right);
    // Whether there is one is no secret.
    const isKey = key !== "" && timingSafeEqual(digest(key), right);
    if (isBearer || isKey) return null;
    return bearer === "" && key === "" ? none : wrong;
  };
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

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
