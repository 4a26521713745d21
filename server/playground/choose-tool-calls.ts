import * as z from "zod";
import type { VendorToolCall } from "./vendor-model.ts";
import type { VendorCall, VendorTool } from "./vendor-wire.ts";

/**
 * The tools a simulated model asks for: what the model was made to say, else those that the question names, or the one
 * that has to be called, or the first where any is required. After results it answers in words.
 */
export function chooseToolCalls(call: VendorCall, inputTokens: number): readonly VendorToolCall[] {
  const { model, messages, maxOutputTokens, tools = [], toolChoice = "auto" } = call;
  if (tools.length === 0 || toolChoice === "none") return [];
  if (model.calls) {
    return model.calls({ modelId: model.id, tier: model.tier, messages, inputTokens, maxOutputTokens });
  }
  const last = messages.at(-1);
  if (last?.role !== "user") return [];
  const isNamed = (tool: VendorTool): boolean =>
    typeof toolChoice === "string"
      ? new RegExp(`(?<![\\w-])${tool.name}(?![\\w-])`).test(last.text)
      : tool.name === toolChoice.name;
  const named = tools.filter(isNamed);
  const chosen = named.length === 0 && toolChoice === "required" ? tools.slice(0, 1) : named;
  return chosen.map((tool) => ({ name: tool.name, argumentsJson: JSON.stringify(argumentsFor(tool, last.text)) }));
}

const schemaSchema = z.looseObject({
  properties: z
    .record(z.string(), z.looseObject({ type: z.unknown(), enum: z.array(z.unknown()).optional() }))
    .catch({}),
  required: z.array(z.string()).catch([]),
});

/** A value for each argument that must be there; texts are what the question puts into quotes. */
function argumentsFor(tool: VendorTool, question: string): Record<string, unknown> {
  const { properties, required } = schemaSchema.safeParse(tool.parameters).data ?? { properties: {}, required: [] };
  const quoted = [...question.matchAll(/[`"“]([^`"”\n]+)[`"”]/g)].map((match) => match[1] ?? "");
  const values: Record<string, unknown> = {};
  for (const name of required) {
    const property = properties[name];
    values[name] = property?.enum?.[0] ?? exampleOf(property?.type, quoted.shift() ?? "");
  }
  return values;
}

function exampleOf(type: unknown, text: string): unknown {
  switch (type) {
    case "integer":
    case "number":
      return Number.parseFloat(text) || 0;
    case "boolean":
      return text === "true";
    case "array":
      return text === "" ? [] : [text];
    case "object":
      return {};
    default:
      return text;
  }
}
