import {
  asked,
  bearer,
  chunks,
  counts,
  done,
  KEY,
  list,
  openAiError,
  says,
  usageEvent,
  type Vendor,
} from "./vendor.ts";

const cloudflareError = (code: number, message: string) =>
  JSON.stringify({ success: false, result: [], messages: [], error: [{ code, message }] });

/** https://developers.cloudflare.com/ai-gateway/{usage/chat-completion,configuration/authentication,features/guardrails} */
export const cloudflare: Vendor = {
  preset: "cloudflare",
  modelId: "openai/gpt-5.4-mini",
  chatPath: "/v1/my-account/my-gateway/compat/chat/completions",
  keyHeader: ["cf-aig-authorization", `Bearer ${KEY}`],
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop") +
    usageEvent({ prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 }) +
    done,
  text: "Use a `Map`.",
  usage: counts(9, 0, 12),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: cloudflareError(2009, "Unauthorized"),
      kind: "auth",
      words: "Unauthorized",
    },
    {
      // Of the vendor behind it, handed on word for word, whose key is kept here.
      trouble: "key",
      status: 401,
      body: openAiError("Incorrect API key provided: sk-pr***23.", "invalid_request_error", "invalid_api_key"),
      kind: "auth",
      words: "Mend the key of OpenAI that is kept at",
    },
    {
      trouble: "rate",
      status: 429,
      body: cloudflareError(2003, "Rate limited"),
      kind: "rate-limit",
      words: "Rate limited",
    },
    {
      trouble: "moderation",
      status: 424,
      body: cloudflareError(2016, "Prompt blocked due to security configurations"),
      kind: "content-filter",
      words: "Prompt blocked due to security configurations",
    },
    {
      // A gateway that is not there.
      trouble: "parameter",
      status: 400,
      body: cloudflareError(2001, "Please configure AI Gateway in the Cloudflare dashboard"),
      kind: "bad-request",
      words: "Please configure AI Gateway in the Cloudflare dashboard",
    },
  ],
  undocumented: ["credit", "model", "context", "access", "region"],
  seen: [],
  models: {
    path: "/v1/my-account/my-gateway/compat/models",
    // Whether the address lists models is not documented; the form is that of others.
    body: list({ id: "openai/gpt-5.4-mini", object: "model", owned_by: "openai" }),
    expected: [{ id: "openai/gpt-5.4-mini", windowTokens: null, price: null }],
  },
};

/** The vendor's own errors come through as the vendor wrote them. */
export const cloudflareOwnKey: Vendor = {
  ...cloudflare,
  preset: "cloudflare-own-key",
  keyHeader: bearer,
  errors: [
    ...cloudflare.errors.filter(({ trouble }) => trouble !== "key"),
    {
      trouble: "key",
      status: 401,
      body: openAiError("Incorrect API key provided: test-key-123.", "invalid_request_error", "invalid_api_key"),
      kind: "auth",
      words: "Incorrect API key provided: [key].",
    },
  ],
};

/** https://developers.cloudflare.com/changelog/post/2026-05-21-rest-api/; that it lists nothing: cloudflare/ai issue 549. */
export const cloudflareApi: Vendor = {
  ...cloudflare,
  preset: "cloudflare-api",
  chatPath: "/client/v4/accounts/my-account/ai/v1/chat/completions",
  keyHeader: bearer,
  errors: [
    {
      trouble: "key",
      status: 401,
      body: JSON.stringify({
        success: false,
        errors: [{ code: 10000, message: "Authentication error" }],
        messages: [],
        result: null,
      }),
      kind: "auth",
      words: "Authentication error",
    },
  ],
  undocumented: ["credit", "rate", "model", "context", "moderation", "access", "region"],
  seen: [],
  models: {
    path: "/client/v4/accounts/my-account/ai/v1/models",
    status: 405,
    body: JSON.stringify({
      result: null,
      success: false,
      errors: [{ code: 7001, message: "GET not supported for requested URI." }],
      messages: [],
    }),
    withoutModel: {
      status: 400,
      body: JSON.stringify({ success: false, errors: [{ code: 5006, message: "required properties are 'model'" }] }),
    },
  },
};
