/** What is true of every model of a family, as its maker documents it; what differs within a family is left out. */
export interface FamilyFacts {
  /** As a message names it. */
  name: string;
  windowTokens?: number;
  maxOutputTokens?: number;
  takesImages?: boolean;
  takesTools?: boolean;
  /** It thinks before it answers, or can be told to. */
  thinks?: boolean;
}

interface Family extends FamilyFacts {
  /** Over the model's name in lower case, without what stands before the last slash. */
  models: RegExp;
}

/**
 * The first that fits decides, so a narrower name stands above the one it contains. Figures are those of the makers'
 * pages on their models; where versions of a family differ it is the least of them, because a window taken for larger
 * than it is makes a request fail, and one taken for smaller only leaves something out. Llama is not among them: who
 * runs it gives it anything from 12,000 tokens to 131,000.
 */
const families: readonly Family[] = [
  {
    name: "GPT-4.1",
    models: /^gpt-4\.1/,
    windowTokens: 1_000_000,
    maxOutputTokens: 32_768,
    takesImages: true,
    takesTools: true,
    thinks: false,
  },
  {
    name: "GPT-4o",
    models: /^(chatgpt-)?gpt-4o(?!.*(audio|realtime|search|transcribe|tts))/,
    windowTokens: 128_000,
    maxOutputTokens: 16_384,
    takesImages: true,
    takesTools: true,
    thinks: false,
  },
  {
    name: "GPT-5 chat",
    models: /^gpt-5([\d.]*-chat|\.3$)/,
    windowTokens: 128_000,
    maxOutputTokens: 16_384,
    takesImages: true,
    thinks: false,
  },
  {
    name: "GPT-5",
    models: /^gpt-5/,
    windowTokens: 272_000,
    maxOutputTokens: 128_000,
    takesImages: true,
    takesTools: true,
    thinks: true,
  },
  { name: "gpt-oss", models: /^gpt-oss/, windowTokens: 131_072, takesImages: false, takesTools: true, thinks: true },
  {
    name: "o-series",
    models: /^o[134](-(mini|pro))?(-20\d\d-\d\d-\d\d)?$/,
    windowTokens: 128_000,
    maxOutputTokens: 65_536,
    thinks: true,
  },
  {
    name: "Claude 3",
    models: /^claude-3-(haiku|sonnet|opus)/,
    windowTokens: 200_000,
    maxOutputTokens: 4_096,
    takesImages: true,
    takesTools: true,
    thinks: false,
  },
  {
    name: "Claude 3.5",
    models: /^claude-3[.-]5/,
    windowTokens: 200_000,
    maxOutputTokens: 8_192,
    takesTools: true,
    thinks: false,
  },
  {
    name: "Claude",
    models: /^claude-(3[.-]7|(sonnet|opus|haiku)-\d|\d.*(sonnet|opus|haiku))/,
    windowTokens: 200_000,
    maxOutputTokens: 32_000,
    takesImages: true,
    takesTools: true,
    thinks: true,
  },
  {
    name: "Gemini 2.0",
    models: /^gemini-2\.0-flash/,
    windowTokens: 1_000_000,
    maxOutputTokens: 8_192,
    takesImages: true,
  },
  {
    name: "Gemini",
    models: /^gemini-(2\.5|3)(?!.*(image|tts|audio|live))/,
    windowTokens: 1_000_000,
    maxOutputTokens: 65_536,
    takesImages: true,
    takesTools: true,
    thinks: true,
  },
  {
    name: "DeepSeek R1",
    models: /^deepseek-(reasoner|r1(?!.*distill))/,
    windowTokens: 64_000,
    takesImages: false,
    thinks: true,
  },
  {
    name: "DeepSeek",
    models: /^deepseek-(chat|v[23])(?!.*vl)/,
    windowTokens: 64_000,
    takesImages: false,
    takesTools: true,
  },
  {
    name: "Qwen3-Coder",
    models: /^qwen3-coder/,
    windowTokens: 256_000,
    takesImages: false,
    takesTools: true,
    thinks: false,
  },
  { name: "Qwen2.5-Coder", models: /^qwen2\.5-coder/, windowTokens: 32_768, takesImages: false, thinks: false },
  { name: "Codestral", models: /^codestral(?!-embed|-mamba)/, windowTokens: 32_000, takesImages: false, thinks: false },
  { name: "Devstral", models: /^devstral/, windowTokens: 128_000, takesTools: true },
  { name: "Mistral Large", models: /^mistral-(large|medium)/, windowTokens: 32_000, takesTools: true },
  { name: "Grok 4", models: /^grok-4/, windowTokens: 256_000, takesTools: true },
  {
    name: "Grok Code",
    models: /^grok-code/,
    windowTokens: 256_000,
    takesImages: false,
    takesTools: true,
    thinks: true,
  },
  { name: "Grok 3", models: /^grok-3/, windowTokens: 131_072, takesImages: false, takesTools: true },
  { name: "Kimi K2", models: /^kimi-k2(?!\.\d)/, windowTokens: 128_000, takesImages: false, takesTools: true },
  {
    name: "GLM-4.5 and 4.6",
    models: /^glm-4\.[56](?!v)/,
    windowTokens: 128_000,
    takesImages: false,
    takesTools: true,
    thinks: true,
  },
  {
    name: "StarCoder2",
    models: /^starcoder2/,
    windowTokens: 16_384,
    takesImages: false,
    takesTools: false,
    thinks: false,
  },
  {
    name: "CodeLlama",
    models: /^code-?llama/,
    windowTokens: 16_384,
    takesImages: false,
    takesTools: false,
    thinks: false,
  },
];

/** What is known of a model by its name alone, as its provider writes it; null where its family is none of these. */
export function familyOf(modelId: string): FamilyFacts | null {
  const name = modelId.slice(modelId.lastIndexOf("/") + 1).toLowerCase();
  return families.find((family) => family.models.test(name)) ?? null;
}
