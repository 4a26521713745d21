import * as z from "zod";
import { readJson } from "./read-json.ts";

/**
 * `send` of Anthropic's wire with fields of a client's own beside what the package wrote into the body, which wins. The
 * package would send some of them only together with others: it adds a budget for thinking to the room for the answer,
 * for which the money is held.
 */
export function withFields(
  send: typeof globalThis.fetch,
  fields: Readonly<Record<string, unknown>>,
): typeof globalThis.fetch {
  const names = Object.keys(fields);
  if (names.length === 0) return send;
  return (input, init) => {
    const body = typeof init?.body === "string" ? readJson(init.body, bodySchema) : undefined;
    if (body === undefined) return send(input, init);
    const merged = { ...fields, ...body };
    return send(input, {
      ...init,
      headers: withBetas(Object.fromEntries(new Headers(init?.headers)), names),
      body: JSON.stringify({ ...merged, thinking: fitThinking(merged.thinking, body.max_tokens) }),
    });
  };
}

/** Whether the model is told to think, with which Anthropic takes no other word on how it is to choose. */
export function isThinking(fields: Readonly<Record<string, unknown>>): boolean {
  const type = thinkingSchema.safeParse(fields.thinking).data?.type;
  return type !== undefined && type !== "disabled";
}

const bodySchema = z.looseObject({ max_tokens: z.number().nullish().catch(null) });
const thinkingSchema = z.looseObject({ type: z.string(), budget_tokens: z.number().nullish() });

/** The smallest budget. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const leastBudgetTokens = 1_024;

/**
 * The budget has to be smaller than the room for the answer, which a cap may have made less than what the client asked
 * for. Undefined, and so left out, where no budget fits any more.
 */
function fitThinking(thinking: unknown, roomTokens: number | null | undefined): unknown {
  const read = thinkingSchema.safeParse(thinking).data;
  const budget = read?.budget_tokens ?? null;
  if (budget === null || roomTokens == null || budget < roomTokens) return thinking;
  return roomTokens > leastBudgetTokens ? { ...read, budget_tokens: roomTokens - 1 } : undefined;
}

/** Fields that Anthropic takes only together with a word in the header. */
const betas: ReadonlyMap<string, string> = new Map([["context_management", "context-management-2025-06-27"]]);

function withBetas(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  const needed = names.flatMap((name) => betas.get(name) ?? []);
  if (needed.length === 0) return headers;
  const said = (headers["anthropic-beta"] ?? "").split(",").map((each) => each.trim());
  const all = new Set([...said, ...needed].filter((each) => each !== ""));
  return { ...headers, "anthropic-beta": [...all].join(",") };
}
