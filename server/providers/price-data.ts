import { FailureError } from "../../shared/failure.ts";
import type { Http } from "./http.ts";
import { readBody, readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";
import { looksLikeHtml } from "./read-error-body.ts";

/** Where `@pydantic/genai-prices` publishes its list; the package names the same address (REMOTE_DATA_JSON_URL). */
export const priceDataUrl = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";

/** The published list of known prices, as text. Sends nothing of the person's. Throws a FailureError, or an AbortError. */
export async function downloadPriceData(
  http: Http,
  signal: AbortSignal,
  nowMs: number,
  url = priceDataUrl,
): Promise<string> {
  const response = await http.request(url, { method: "GET", headers: { accept: "application/json" }, signal });
  const { status, headers } = response;
  const body = status === 200 ? await readBody(response.body) : await readErrorBody(response.body);
  const contentType = headers["content-type"] ?? "";
  const { host } = new URL(url);
  if (status !== 200) {
    throw new FailureError(readError({ status, headers, body, host, modelId: null, secrets: [], nowMs }));
  }
  if (looksLikeHtml(contentType, body)) {
    const message = `${host} answered with a web page in place of a list of prices.`;
    throw new FailureError({ kind: "not-an-api", status, contentType, message });
  }
  return body;
}
