import { readCountTokens, writeTokenCount } from "./anthropic-count-tokens.ts";
import { errorBody, errorStatus } from "./anthropic-errors.ts";
import { writeModel, writeModels } from "./anthropic-models.ts";
import { readMessages } from "./anthropic-read-messages.ts";
import { faultOf } from "./fault-of.ts";
import { noSuchModel } from "./openai-models.ts";
import { WireError } from "./wire.ts";
import type { ErrorForm, WirePath } from "./wire-paths.ts";

export const anthropicErrors: ErrorForm = { body: errorBody, status: errorStatus };
const errors = anthropicErrors;
/** Two wires have lists of models at one path; clients of this one name its version with each request. */
export const isAnthropic: NonNullable<WirePath["when"]> = (headers) => headers["anthropic-version"] !== undefined;

export const anthropicPaths: readonly WirePath[] = [
  { method: "POST", path: "/messages", errors, read: ({ body, headers }) => readMessages(body, headers) },
  {
    method: "POST",
    path: "/messages/count_tokens",
    errors,
    read({ body, relay }) {
      const { model, ask } = readCountTokens(body);
      const counted = relay.countTokens(model, ask);
      if ("failure" in counted) throw new WireError(faultOf(counted.failure));
      return { json: writeTokenCount(counted) };
    },
  },
  {
    method: "GET",
    path: "/models",
    when: isAnthropic,
    errors,
    read: ({ relay }) => ({ json: writeModels(relay.models()) }),
  },
  {
    method: "GET",
    path: "/models/*",
    when: isAnthropic,
    errors,
    read({ relay, rest }) {
      const found = relay.models().find(({ id }) => id === rest);
      if (found === undefined) throw noSuchModel(rest);
      return { json: writeModel(found) };
    },
  },
];
