import { sizeWords } from "./bounds.ts";
import { refusal } from "./check-request.ts";
import { openAiErrorBody } from "./openai-errors.ts";
import type { WireFault } from "./wire.ts";

/** What a client is told whose bytes are no request of HTTP's. `code` is that of Node's error. */
export function byteFault(code: string | undefined, headerBytes: number): WireFault {
  if (code === "HPE_HEADER_OVERFLOW") {
    return refusal(431, "too-large", `The headers are larger than ${sizeWords(headerBytes)}.`);
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return refusal(408, "timeout", "The request did not come in time.");
  return refusal(400, "bad-request", "This is no request of HTTP/1.1.");
}

/** A whole answer in bytes, for a socket whose request could not be read. */
export function writeFault(fault: WireFault, id: string): string {
  const body = JSON.stringify(openAiErrorBody(fault));
  return [
    `HTTP/1.1 ${fault.status} ${reasons[fault.status] ?? "Bad Request"}`,
    `x-wayfare-request-id: ${id}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    "",
    body,
  ].join("\r\n");
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};
