import type { PresetId } from "../../shared/settings.ts";
import type { FimWire } from "./provider.ts";

/** Where a model is asked: what the table needs to know of a provider and one of its models. */
export interface FimPlace {
  preset: PresetId;
  /** scheme://host:port */
  origin: string;
  /** As the provider names it: `qwen2.5-coder:7b`, `codestral-latest`. */
  modelId: string;
}

/**
 * How a model can be asked to fill a hole in code, or null where it can only be asked in chat. The table knows addresses
 * and families of models; a server that then says it cannot is believed (`Provider.canFill`).
 */
export function fimWireFor({ preset, origin, modelId }: FimPlace): FimWire | null {
  const host = new URL(origin).hostname;
  // `user/model:tag`, `hf.co/user/model`: the family stands in the last part.
  const model = modelId.slice(modelId.lastIndexOf("/") + 1).toLowerCase();
  return rows.find((row) => row.isHere(preset, host) && row.models.test(model))?.wire ?? null;
}

interface Row {
  isHere(preset: PresetId, host: string): boolean;
  /** Over the model's name in lower case, without what stands before a slash. */
  models: RegExp;
  wire: FimWire;
}

const mistralHosts = ["api.mistral.ai", "codestral.mistral.ai"];

/** Gateways have many vendors' models behind one address, and hand on nothing but chat that could be relied on. */
const gateways = [
  "openrouter.ai",
  "api.tokenmix.ai",
  "ai-gateway.vercel.sh",
  "gateway.ai.cloudflare.com",
  "api.portkey.ai",
];

/** Read from the top; the first that fits decides. */
const rows: readonly Row[] = [
  // Under /beta, and not with the models that think first.
  {
    isHere: (_, host) => host === "api.deepseek.com",
    models: /^deepseek-(?!reasoner)/,
    wire: "suffix",
  },
  {
    isHere: (_, host) => mistralHosts.includes(host),
    models: /^codestral(?!-embed|-mamba)/,
    wire: "mistral",
  },
  // Ollama fills where the model's template has a place for what comes after the hole: code models, and of some
  // families only the variants that were not trained to chat.
  {
    isHere: (preset) => preset === "ollama",
    models: /^(qwen[\d.]*-coder|codeqwen|starcoder2|deepseek-coder-v2|codestral)/,
    wire: "suffix",
  },
  {
    isHere: (preset) => preset === "ollama",
    models: /^(codellama:.*code|(deepseek-coder|codegemma|granite-code|granite3?-code|stable-code)(?!.*instruct))/,
    wire: "suffix",
  },
  // llama.cpp knows the marks of the model it has loaded, whatever its file is called.
  { isHere: (preset) => preset === "llamacpp", models: /./, wire: "infill" },
  // vLLM, LM Studio and the like refuse `suffix`, but take a prompt that holds the model's own marks.
  {
    isHere: (preset, host) => preset === "lmstudio" || (preset === "openai-compatible" && !gateways.includes(host)),
    models: /(^|[_-])(qwen[\d.]*[-_]?coder|codeqwen)/,
    wire: "template",
  },
];
