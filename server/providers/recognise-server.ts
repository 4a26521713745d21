import * as z from "zod";
import type { PresetId } from "../../shared/settings.ts";
import { isLiteLlmList } from "./price-lists.ts";
import { readJson } from "./read-json.ts";

const ownedSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), owned_by: z.string() })) });

/** What each server says its models belong to, in its OpenAI-compatible list. */
const owners: Readonly<Record<string, PresetId>> = {
  vllm: "vllm",
  library: "ollama",
  llamacpp: "llamacpp",
  organization_owner: "lmstudio",
};

/** Which server a list of models comes from, as the list itself gives it away; null where it is nobody's in particular. */
export function recogniseServer(body: string): PresetId | null {
  if (isLiteLlmList(body)) return "litellm";
  const rows = readJson(body, ownedSchema)?.data ?? [];
  const [first] = rows;
  if (first === undefined || !rows.every((row) => row.owned_by === first.owned_by)) return null;
  return Object.hasOwn(owners, first.owned_by) ? (owners[first.owned_by] ?? null) : null;
}
