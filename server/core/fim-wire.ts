import { fimFamilyOf } from "./fim-families.ts";
import type { FimWire } from "./provider.ts";

/**
 * Whose way of filling holes a provider has. `qwen-coder`: it refuses `suffix` and takes a prompt that holds a model's own
 * marks. `none`: chat alone, as at the vendors that have nothing else, and behind gateways, which hand on nothing else that
 * could be relied on.
 */
export type FimFamily = "deepseek" | "mistral" | "ollama" | "llamacpp" | "qwen-coder" | "none";

/**
 * How a model can be asked to fill a hole in code, or null where it can only be asked in chat. `modelId` is as the provider
 * names it: `qwen2.5-coder:7b`, `codestral-latest`. The table knows families of models; a server that then says it cannot
 * is believed (`Provider.canFill`).
 */
export function fimWireFor({ family, modelId }: { family: FimFamily; modelId: string }): FimWire | null {
  // `user/model:tag`, `hf.co/user/model`: the name stands in the last part.
  const model = modelId.slice(modelId.lastIndexOf("/") + 1).toLowerCase();
  return rows[family].find((row) => row.models.test(model))?.wire ?? null;
}

/**
 * The same for Ollama's own wire: `insert` is what it says of the model, null where it says nothing. One whose template has
 * no place for what comes after the hole is asked with its own marks, past the template, where they are known.
 */
export function ollamaFimWire({ modelId, insert }: { modelId: string; insert: boolean | null }): FimWire | null {
  if (insert ?? fimWireFor({ family: "ollama", modelId }) !== null) return "suffix";
  return fimFamilyOf(modelId) === null ? null : "template";
}

interface Row {
  /** Over the model's name in lower case, without what stands before a slash. */
  models: RegExp;
  wire: FimWire;
}

/** Of each family's rows the first that fits decides. */
const rows: Readonly<Record<FimFamily, readonly Row[]>> = {
  // Not with the models that think first.
  deepseek: [{ models: /^deepseek-(?!reasoner)/, wire: "suffix" }],
  mistral: [{ models: /^codestral(?!-embed|-mamba)/, wire: "mistral" }],
  // Ollama fills where the model's template has a place for what comes after the hole: code models, and of some
  // families only the variants that were not trained to chat.
  ollama: [
    { models: /^(qwen[\d.]*-coder|codeqwen|starcoder2|deepseek-coder-v2|codestral)/, wire: "suffix" },
    {
      models: /^(codellama:.*code|(deepseek-coder|codegemma|granite-code|granite3?-code|stable-code)(?!.*instruct))/,
      wire: "suffix",
    },
  ],
  // llama.cpp knows the marks of the model it has loaded, whatever its file is called.
  llamacpp: [{ models: /./, wire: "infill" }],
  "qwen-coder": [{ models: /(^|[_-])(qwen[\d.]*[-_]?coder|codeqwen)/, wire: "template" }],
  none: [],
};
