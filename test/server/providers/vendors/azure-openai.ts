import { chunks, counts, done, event, KEY, list, openAiError, ROOM, says, usageEvent, type Vendor } from "./vendor.ts";

/** https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle, /azure/ai-foundry/openai/concepts/content-filter */
export const azure: Vendor = {
  preset: "azure-openai",
  modelId: "my-deployment",
  chatPath: "/openai/v1/chat/completions",
  keyHeader: ["api-key", KEY],
  body: { stream_options: { include_usage: true }, max_completion_tokens: ROOM },
  stream:
    event({
      choices: [],
      created: 0,
      id: "",
      model: "",
      object: "",
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }],
    }) +
    chunks(says("Use a ", "`Map`."), "stop", { model: "gpt-5.4-mini" }) +
    usageEvent({
      prompt_tokens: 2006,
      completion_tokens: 90,
      total_tokens: 2096,
      prompt_tokens_details: { cached_tokens: 1920 },
      completion_tokens_details: { reasoning_tokens: 64 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(86, 1920, 90, 64),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: JSON.stringify({
        error: {
          code: "401",
          message:
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.",
        },
      }),
      kind: "auth",
      words: "Access denied due to invalid subscription key",
    },
    {
      trouble: "rate",
      status: 429,
      headers: { "retry-after": "20" },
      body: JSON.stringify({
        error: {
          code: "429",
          message:
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 20 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
        },
      }),
      kind: "rate-limit",
      words: "Again in 20 s",
    },
    {
      trouble: "model",
      status: 404,
      body: JSON.stringify({
        error: {
          code: "DeploymentNotFound",
          message:
            "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
        },
      }),
      kind: "unknown-model",
      words: "The API deployment for this resource does not exist.",
    },
    {
      trouble: "context",
      status: 400,
      body: openAiError(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.",
        "invalid_request_error",
        "context_length_exceeded",
        "messages",
      ),
      kind: "context-length",
      words: "maximum context length is 128000 tokens",
    },
    {
      trouble: "moderation",
      status: 400,
      body: JSON.stringify({
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
          type: null,
          param: "prompt",
          code: "content_filter",
          status: 400,
          innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: { filtered: true } } },
        },
      }),
      kind: "content-filter",
      words: "triggering Azure OpenAI's content management policy",
    },
  ],
  undocumented: ["credit", "access", "region"],
  seen: [],
  models: {
    path: "/openai/v1/models",
    // The models of the resource, not its deployments: these are named by the person.
    body: list({ id: "gpt-5.4-mini", object: "model", created_at: 1_760_000_000, capabilities: { inference: true } }),
    expected: [{ id: "gpt-5.4-mini", windowTokens: null, price: null }],
  },
};
