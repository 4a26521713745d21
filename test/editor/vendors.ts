import { type Playground, startPlayground, type VendorModel } from "../../server/playground/start-playground.ts";

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

/** Cheap, on the OpenAI-compatible wire. */
export const pebble = { id: "pebble-1", wire: "openai-compatible", tier: "cheap", price: price(0.2, 0.8) } as const;
/** Frontier, on the Anthropic wire; and a dearer one, on the first. */
export const summit = { id: "summit-2", wire: "anthropic", tier: "frontier", price: price(2, 10) } as const;
export const ridge = { id: "ridge-3", wire: "openai-compatible", tier: "frontier", price: price(3, 15) } as const;

export async function startVendors(pace: "realistic" | "instant" = "instant"): Promise<Playground> {
  const size = { windowTokens: 200_000, maxOutputTokens: 16_000, answer };
  return startPlayground({
    apiKey: vendorKey,
    pace,
    models: [pebble, summit, ridge].map((each) => ({ ...each, ...size })),
  });
}

/** User settings as the setup would have left them, prices included. */
export function vendorSettings(vendors: Playground) {
  const model = (each: { id: string; price: VendorModel["price"] }) => {
    const [tier] = each.price.tiers;
    return {
      id: each.id,
      windowTokens: 200_000,
      maxOutputTokens: 16_000,
      price: {
        input: tier?.inputUsd,
        output: tier?.outputUsd,
        cacheRead: tier?.cacheReadUsd,
        cacheWrite: tier?.cacheWriteUsd,
      },
    };
  };
  return {
    "wayfare.providers": [
      {
        id: "quarry",
        preset: "openai-compatible",
        baseUrl: vendors.openAiBaseUrl,
        models: [model(pebble), model(ridge)],
      },
      { id: "alps", preset: "anthropic", baseUrl: vendors.anthropicBaseUrl, models: [model(summit)] },
    ],
    "wayfare.tiers": { cheap: ["quarry/pebble-1"], frontier: ["alps/summit-2", "quarry/ridge-3"] },
  };
}
