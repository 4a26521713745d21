import type { PresetId } from "../../../../shared/settings.ts";
import type { natives } from "./all.ts";
import { openai } from "./openai.ts";
import type { Trouble, VendorError } from "./vendor.ts";

/** What a vendor with a wire of its own documents of its errors. Its streams and requests have a test of their own. */
export interface NativeVendor {
  /** The preset whose way of being asked is used: Vertex wants tokens of Google's, and answers as its express mode does. */
  askedAs: PresetId;
  modelId: string;
  /** Behind the host. */
  path: string;
  errors: readonly VendorError[];
  undocumented: readonly Trouble[];
}

const googleError = (code: number, status: string, message: string, details: readonly object[] = []) =>
  JSON.stringify({ error: { code, message, status, details } });

/** https://ai.google.dev/gemini-api/docs/troubleshooting, and public reports of "User location is not supported". */
const gemini: NativeVendor = {
  askedAs: "gemini",
  modelId: "gemini-2.5-flash",
  path: "/v1beta",
  errors: [
    {
      trouble: "key",
      status: 400,
      body: googleError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" },
      ]),
      kind: "auth",
      words: "API key not valid. Please pass a valid API key.",
    },
    {
      trouble: "region",
      status: 400,
      body: googleError(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
      kind: "region",
      words: "User location is not supported for the API use.",
    },
    {
      trouble: "rate",
      status: 429,
      body: googleError(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan.", [
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "27s" },
      ]),
      kind: "rate-limit",
      words: "Again in 27 s",
    },
    {
      trouble: "model",
      status: 404,
      body: googleError(404, "NOT_FOUND", "models/gemini-2.5-flash is not found for API version v1beta."),
      kind: "unknown-model",
      words: "models/gemini-2.5-flash is not found",
    },
    {
      trouble: "context",
      status: 400,
      body: googleError(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      ),
      kind: "context-length",
      words: "The input token count (1200000) exceeds",
    },
  ],
  // A refusal is no error: the answer ends with the finish reason "SAFETY".
  undocumented: ["credit", "access", "moderation"],
};

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors, and public reports. */
const vertex: NativeVendor = {
  askedAs: "vertex-express",
  modelId: "gemini-2.5-pro",
  path: "/v1/publishers/google",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: googleError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
      kind: "auth",
      words: "Request had invalid authentication credentials.",
    },
    {
      trouble: "credit",
      status: 403,
      body: googleError(
        403,
        "PERMISSION_DENIED",
        "This API method requires billing to be enabled. Please enable billing on project #1 by visiting https://console.developers.google.com/billing/enable?project=1 then retry.",
      ),
      kind: "quota",
      words: "This API method requires billing to be enabled.",
    },
    {
      trouble: "rate",
      status: 429,
      body: googleError(429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later."),
      kind: "rate-limit",
      words: "Resource exhausted. Please try again later.",
    },
    {
      // It says the same of a model that is not served in the place that was asked.
      trouble: "model",
      status: 404,
      body: googleError(
        404,
        "NOT_FOUND",
        "Publisher Model `projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro` was not found or your project does not have access to it.",
      ),
      kind: "unknown-model",
      words: "or ask for access there.",
    },
    {
      trouble: "context",
      status: 400,
      body: googleError(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      ),
      kind: "context-length",
      words: "The input token count (1200000) exceeds",
    },
  ],
  undocumented: ["access", "region", "moderation"],
};

const amazons = (type: string) => ({ "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/` });

/** https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html, and public reports. */
const bedrock: NativeVendor = {
  askedAs: "bedrock",
  modelId: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
  path: "",
  errors: [
    {
      trouble: "key",
      status: 403,
      headers: amazons("UnrecognizedClientException"),
      body: JSON.stringify({ message: "The security token included in the request is invalid." }),
      kind: "auth",
      words: "The security token included in the request is invalid.",
    },
    {
      trouble: "access",
      status: 403,
      headers: amazons("AccessDeniedException"),
      body: JSON.stringify({ message: "You don't have access to the model with the specified model ID." }),
      kind: "no-access",
      words: "You don't have access to the model with the specified model ID.",
    },
    {
      trouble: "region",
      status: 400,
      headers: amazons("ValidationException"),
      body: JSON.stringify({
        message:
          "Access to Anthropic models is not allowed from unsupported countries, regions, or territories. Please refer to https://www.anthropic.com/supported-countries for more information.",
      }),
      kind: "region",
      words: "Access to Anthropic models is not allowed from unsupported countries",
    },
    {
      trouble: "rate",
      status: 429,
      headers: amazons("ThrottlingException"),
      body: JSON.stringify({ message: "Too many tokens, please wait before trying again." }),
      kind: "rate-limit",
      words: "Too many tokens, please wait before trying again.",
    },
    {
      trouble: "model",
      status: 400,
      headers: amazons("ValidationException"),
      body: JSON.stringify({ message: "The provided model identifier is invalid." }),
      kind: "unknown-model",
      words: "The provided model identifier is invalid.",
    },
    {
      trouble: "context",
      status: 400,
      headers: amazons("ValidationException"),
      body: JSON.stringify({ message: "Input is too long for requested model." }),
      kind: "context-length",
      words: "Input is too long for requested model.",
    },
  ],
  undocumented: ["credit", "moderation"],
};

export const nativeVendors: Readonly<Record<(typeof natives)[number], NativeVendor>> = {
  "openai-responses": {
    askedAs: "openai-responses",
    modelId: openai.modelId,
    path: "/v1",
    errors: openai.errors,
    undocumented: openai.undocumented,
  },
  gemini,
  vertex,
  "vertex-express": vertex,
  bedrock,
};
