import { fillHole } from "../../server/playground/fill-hole.ts";
import {
  type Playground,
  startPlayground,
  type VendorFillRequest,
  type VendorModel,
} from "../../server/playground/start-playground.ts";

/**
 * The providers of the suite: simulated vendors in the test's own process, configured in the editor like real ones, so
 * that their money is in the real book and their own log is at hand.
 */

/** Shaped like a key, so that the redaction and the masked box have something to do. */
export const vendorKey = "sk-suite-5f0c6e1b9a7d4832";

/** One paragraph of plain words in several scripts, without any mark that Markdown would read. */
export const plainAnswer = [
  "The function walks the list once and keeps what it has seen,",
  "so its time grows with the length of the list and not with its square;",
  "naïve façade, Übergröße, 漢字かな交じり文, русский текст, עברית, emoji 👩‍👩‍👧‍👦 and a combining é stay whole,",
  ...Array.from({ length: 60 }, (_, n) => `step ${n + 1} reads the next entry and compares it with the one before,`),
  "and that is all there is to it.",
].join(" ");

/** Code whose bytes matter: quotes, angle brackets, an ampersand, tabs, a blank line, a trailing space. */
export const codeInAnswer = [
  "export function escape(text: string): string {",
  '\tconst table = { "&": "&amp;", "<": "&lt;" };',
  "",
  "\treturn text.replace(/[&<]/g, (found) => table[found] ?? found); ",
  "}",
  "",
].join("\n");
export const codeAnswer = `Here it is:\n\n\`\`\`ts\n${codeInAnswer}\`\`\`\n\nIt escapes both.\n`;

const price = (input: number, output: number): VendorModel["price"] => ({
  source: "provider",
  tiers: [
    { fromInputTokens: 0, inputUsd: input, outputUsd: output, cacheReadUsd: input / 10, cacheWriteUsd: input * 1.25 },
  ],
});

const answer: VendorModel["answer"] = (request) => {
  const question = request.messages.findLast((message) => message.role === "user")?.text ?? "";
  return /show the code/i.test(question) ? codeAnswer : plainAnswer;
};

/** What a model is to the suite: the rest is the same for all of them. */
type SuiteModel = Pick<VendorModel, "id" | "wire" | "tier" | "price">;

/** Cheap, on the OpenAI-compatible wire. */
export const pebble = {
  id: "pebble-1",
  wire: "openai-compatible",
  tier: "cheap",
  price: price(0.2, 0.8),
} as const satisfies SuiteModel;
/** Frontier, on the Anthropic wire; and a dearer one, on the first. */
export const summit = {
  id: "summit-2",
  wire: "anthropic",
  tier: "frontier",
  price: price(2, 10),
} as const satisfies SuiteModel;
export const ridge = {
  id: "ridge-3",
  wire: "openai-compatible",
  tier: "frontier",
  price: price(3, 15),
} as const satisfies SuiteModel;
/** Cheap, and filling holes: by its own marks at an address of one's own, with `suffix` at Ollama's. */
export const drift = {
  id: "qwen2.5-coder-drift",
  wire: "openai-compatible",
  tier: "cheap",
  price: price(0.1, 0.4),
} as const satisfies SuiteModel;
/** Cheap, and it only chats, on the Anthropic wire. */
export const foothill = {
  id: "foothill-1",
  wire: "anthropic",
  tier: "cheap",
  price: price(0.8, 4),
} as const satisfies SuiteModel;
/** What a llama.cpp server on this machine has loaded. */
export const brook = {
  id: "brook.gguf",
  wire: "llamacpp",
  tier: "cheap",
  price: price(0, 0),
} as const satisfies SuiteModel;
export const river = {
  id: "river.gguf",
  wire: "llamacpp",
  tier: "frontier",
  price: price(0, 0),
} as const satisfies SuiteModel;

/** Those that answer questions, and with them those that fill holes in every way there is. */
export const chatModels: readonly SuiteModel[] = [pebble, summit, ridge];
export const allModels: readonly SuiteModel[] = [...chatModels, drift, foothill, brook, river];

export interface VendorOptions {
  /** instant unless said otherwise. */
  pace?: "realistic" | "instant";
  /** Time to the first token, in milliseconds: of every model, or of those named. The rest comes at the pace. */
  firstTokenMs?: number | Readonly<Record<string, number>>;
  /** How many tokens the vendors count where the usual tokenizer counts one. */
  tokenFactor?: number;
  /** What is written into holes; the playground's own fills when absent. */
  fills?: FillScript;
  /** What is said to questions; `plainAnswer` and `codeAnswer` when absent. */
  answer?: NonNullable<VendorModel["answer"]>;
  /** `chatModels` when absent. */
  models?: readonly SuiteModel[];
  /** They say that they cannot fill holes. */
  cannotFill?: readonly SuiteModel[];
}

/** Simulated vendors in the test's own process. A word is the pace alone. */
export async function startVendors(given: VendorOptions | "realistic" | "instant" = {}): Promise<Playground> {
  const options = typeof given === "string" ? { pace: given } : given;
  const { pace = "instant", firstTokenMs, tokenFactor, fills } = options;
  return startPlayground({
    apiKey: vendorKey,
    pace,
    models: (options.models ?? chatModels).map((each): VendorModel => {
      const waitMs = typeof firstTokenMs === "object" ? firstTokenMs[each.id] : firstTokenMs;
      return {
        ...each,
        windowTokens: 200_000,
        maxOutputTokens: 16_000,
        answer: options.answer ?? answer,
        fill: fills === undefined ? fillHonestly : fills.fill,
        ...(waitMs === undefined ? {} : { firstTokenMs: waitMs }),
        ...(tokenFactor === undefined ? {} : { tokenFactor }),
        ...(options.cannotFill?.includes(each) ? { cannotFill: true as const } : {}),
      };
    }),
  });
}

/** Without a script, in chat too: a model with an answer of its own would otherwise answer a hole with it. */
const fillHonestly = ({ prefix, suffix }: VendorFillRequest): string => fillHole({ prefix, suffix });

/** Decides what every model writes into a hole, to the byte, and keeps what they were asked. */
export interface FillScript {
  /** Every hole from now on gets this, whichever way it is asked for. */
  write(text: string | ((request: VendorFillRequest) => string)): void;
  /** The next holes get these, one each; then what `write` said. */
  queue(...texts: readonly string[]): void;
  /** Oldest first. */
  readonly asked: VendorFillRequest[];
  fill(request: VendorFillRequest): string;
}

export function createFillScript(text: string | ((request: VendorFillRequest) => string) = ""): FillScript {
  let usual = text;
  const next: string[] = [];
  const asked: VendorFillRequest[] = [];
  return {
    write(other) {
      usual = other;
    },
    queue: (...texts) => void next.push(...texts),
    asked,
    fill(request) {
      asked.push(request);
      return next.shift() ?? (typeof usual === "string" ? usual : usual(request));
    },
  };
}

function modelSetting(each: SuiteModel) {
  const [tier] = each.price.tiers;
  const prices = {
    input: tier.inputUsd,
    output: tier.outputUsd,
    cacheRead: tier.cacheReadUsd,
    cacheWrite: tier.cacheWriteUsd,
  };
  const isFree = tier.inputUsd === 0 && tier.outputUsd === 0;
  return { id: each.id, windowTokens: 200_000, maxOutputTokens: 16_000, price: isFree ? ("free" as const) : prices };
}

/** User settings as the setup would have left them, prices included. */
export function vendorSettings(vendors: Playground) {
  return {
    "wayfare.providers": [
      {
        id: "quarry",
        preset: "openai-compatible",
        baseUrl: vendors.openAiBaseUrl,
        models: [modelSetting(pebble), modelSetting(ridge)],
      },
      { id: "alps", preset: "anthropic", baseUrl: vendors.anthropicBaseUrl, models: [modelSetting(summit)] },
    ],
    "wayfare.tiers": { cheap: ["quarry/pebble-1"], frontier: ["alps/summit-2", "quarry/ridge-3"] },
  };
}

/**
 * The same for vendors that serve `allModels`, with completions on, by how holes are filled: with a model's own marks, with `suffix` at an Ollama, in chat
 * with Anthropic alone, or with a llama.cpp server alone. `keys` names the providers whose key has to be entered.
 */
export function fillSettings(vendors: Playground, how: "template" | "suffix" | "chat" | "infill") {
  const alps = (...models: SuiteModel[]) => ({
    id: "alps",
    preset: "anthropic",
    baseUrl: vendors.anthropicBaseUrl,
    models: models.map(modelSetting),
  });
  const setUps = {
    template: {
      keys: ["quarry", "alps"],
      providers: [
        {
          id: "quarry",
          preset: "openai-compatible",
          baseUrl: vendors.openAiBaseUrl,
          models: [modelSetting(drift), modelSetting(ridge)],
        },
        alps(summit),
      ],
      tiers: { cheap: [`quarry/${drift.id}`], frontier: [`alps/${summit.id}`, `quarry/${ridge.id}`] },
    },
    suffix: {
      keys: ["alps"],
      providers: [
        { id: "burrow", preset: "ollama", baseUrl: vendors.ollamaBaseUrl, models: [modelSetting(drift)] },
        alps(summit),
      ],
      tiers: { cheap: [`burrow/${drift.id}`], frontier: [`alps/${summit.id}`] },
    },
    chat: {
      keys: ["alps"],
      providers: [alps(foothill, summit)],
      tiers: { cheap: [`alps/${foothill.id}`], frontier: [`alps/${summit.id}`] },
    },
    infill: {
      keys: [],
      providers: [
        {
          id: "burrow",
          preset: "llamacpp",
          baseUrl: vendors.llamaCppBaseUrl,
          models: [modelSetting(brook), modelSetting(river)],
        },
      ],
      tiers: { cheap: [`burrow/${brook.id}`], frontier: [`burrow/${river.id}`] },
    },
  };
  const { keys, providers, tiers } = setUps[how];
  const settings = { "wayfare.providers": providers, "wayfare.tiers": tiers, "wayfare.completions.enabled": true };
  return { keys, settings };
}
