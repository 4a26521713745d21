import type { PresetId } from "../../../../shared/settings.ts";
import { anthropic } from "./anthropic.ts";
import { any } from "./any.ts";
import { azure } from "./azure-openai.ts";
import { cerebras } from "./cerebras.ts";
import { cloudflare, cloudflareApi, cloudflareOwnKey } from "./cloudflare.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { gemini } from "./gemini-openai.ts";
import { groq } from "./groq.ts";
import { litellm } from "./litellm.ts";
import { llamacpp } from "./llamacpp.ts";
import { lmstudio } from "./lmstudio.ts";
import { codestral, mistral } from "./mistral.ts";
import { ollama, ollamaByOpenAi } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { portkey, portkeySelfHosted } from "./portkey.ts";
import { qwen, qwenChina } from "./qwen.ts";
import { together } from "./together.ts";
import { tokenmix } from "./tokenmix.ts";
import type { Vendor } from "./vendor.ts";
import { vercel } from "./vercel.ts";
import { vllm } from "./vllm.ts";
import { xai } from "./xai.ts";

/** Vendors with a wire of their own have a test of their own each, beside the contract. */
export const natives = ["openai-responses", "gemini", "vertex", "vertex-express", "bedrock"] as const;

/** Addresses that a preset asks by another wire than its own. */
export const otherWires: readonly Vendor[] = [ollamaByOpenAi];

/** What the vendor of each other preset documents. A preset without one does not compile. */
export const vendors: Readonly<Record<Exclude<PresetId, (typeof natives)[number]>, Vendor>> = {
  openai,
  anthropic,
  "gemini-openai": gemini,
  deepseek,
  mistral,
  codestral,
  qwen,
  "qwen-china": qwenChina,
  xai,
  groq,
  together,
  fireworks,
  cerebras,
  "azure-openai": azure,
  openrouter,
  tokenmix,
  vercel,
  portkey,
  "portkey-self-hosted": portkeySelfHosted,
  litellm,
  cloudflare,
  "cloudflare-api": cloudflareApi,
  "cloudflare-own-key": cloudflareOwnKey,
  ollama,
  lmstudio,
  llamacpp,
  vllm,
  "openai-compatible": any,
};
