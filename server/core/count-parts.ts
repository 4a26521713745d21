import { boundTokens, estimateTokens } from "./estimate-tokens.ts";
import type { Message, PdfDocument, Route, Tool } from "./provider.ts";

/** What a request has beside the texts of its messages. */
interface Parts {
  messages?: readonly Message[];
  tools?: readonly Tool[];
}

/** An image of about 1,200,000 pixels, at one token for 28 × 28 of them, or one tile less than OpenAI's largest. */
const usualImageTokens = 1_600;

/**
 * The most tokens that one image is counted as, by the formulas that vendors document for whatever size is sent:
 * - Anthropic: a token for 28 × 28 pixels after scaling down, 4,784 on the models of the finest resolution
 *   (https://platform.claude.com/docs/en/build-with-claude/vision).
 * - OpenAI: the short side is scaled to 768 pixels and the long one to 2,048 at most, in tiles of 512: 8 of them.
 *   GPT-4o mini counts 2,833 and 5,667 a tile; the others 85 and 170, or 140. Newer models count patches of 32 × 32, 10,000
 *   at most at the full resolution, each 1.2 tokens, and 1,536 of 2.46 (https://platform.openai.com/docs/guides/images-vision).
 * - Google: 2,240 at the highest resolution (https://ai.google.dev/gemini-api/docs/media-resolution).
 * - Open models: Qwen-VL's 28 × 28 patches, 16,384 at most (its model card), are the most of those in use.
 */
const imageBounds: readonly (readonly [model: RegExp, tokens: number])[] = [
  [/gpt-4o-mini/i, 2_833 + 8 * 5_667],
  [/claude/i, 4_784],
  [/(^|\/)(gpt|chatgpt|o\d|codex)/i, 12_000],
  [/gemini/i, 2_240],
];
const largestImageTokens = 16_384;

/**
 * A page of a PDF is read as its text, 1,500 to 3,000 tokens, and as an image
 * (https://platform.claude.com/docs/en/build-with-claude/pdf-support). How many there are is guessed by the bytes, and no
 * guess is so large that it would keep a model with a usual window from being asked.
 */
const usualPage = { tokens: 4_000, bytes: 60_000 };
const mostGuessedPages = 25;

/** Anthropic puts a system prompt of its own before tools: 313 to 804 tokens, by model and choice (its tool use pages). */
const toolsPreambleTokens = { estimate: 350, bound: 804 };
/** Words that a chat template puts around each tool, call and result. */
const wrapperTokens = { estimate: 8, bound: 32 };

/** About how many tokens the images, tools, calls and thinking of a request are, its messages' texts not counted. */
export function estimateParts(parts: Parts): number {
  return countParts(
    parts,
    {
      text: estimateTokens,
      image: usualImageTokens,
      documents: (all) => Math.min(mostGuessedPages, pagesIn(all)) * usualPage.tokens,
      wrapper: wrapperTokens.estimate,
    },
    "estimate",
  );
}

/** The largest window of a model that reads PDFs (Gemini 1.5 Pro). */
const largestWindowTokens = 2_097_152;

/** A number of tokens that they do not exceed with this model. What stands in a PDF nobody here can tell: it may fill the window. */
export function boundParts(
  parts: Parts,
  { modelId, windowTokens, factSources }: Pick<Route, "modelId" | "windowTokens" | "factSources">,
): number {
  // A person may have written a smaller one, which the vendor does not know of.
  const isVendors = windowTokens !== null && factSources?.windowTokens !== "override";
  const image = imageBounds.find(([model]) => model.test(modelId))?.[1] ?? largestImageTokens;
  const documents = () => (isVendors ? windowTokens : largestWindowTokens);
  return countParts(parts, { text: boundTokens, image, documents, wrapper: wrapperTokens.bound }, "bound");
}

function pagesIn(documents: readonly PdfDocument[]): number {
  return documents.reduce((sum, { base64 }) => sum + Math.ceil((base64.length * 3) / 4 / usualPage.bytes), 0);
}

/** Whether our count of a request is no more than a guess. */
export function isGuessed(messages: readonly Message[]): boolean {
  return messages.some(({ documents = [] }) => documents.length > 0);
}

/** How many images a request has. */
export function countImages(messages: readonly Message[]): number {
  return messages.reduce((sum, { images = [] }) => sum + images.length, 0);
}

interface Counting {
  text(text: string): number;
  image: number;
  /** All of them together, one at least. */
  documents(all: readonly PdfDocument[]): number;
  wrapper: number;
}

function countParts({ messages = [], tools = [] }: Parts, by: Counting, which: "estimate" | "bound"): number {
  const piece = (...texts: string[]) => by.wrapper + texts.reduce((sum, text) => sum + by.text(text), 0);
  let tokens = tools.length > 0 ? toolsPreambleTokens[which] : 0;
  for (const { name, description, parameters } of tools) tokens += piece(name, description, JSON.stringify(parameters));
  const documents = messages.flatMap((message) => message.documents ?? []);
  if (documents.length > 0) tokens += by.documents(documents);
  for (const { images = [], toolCalls = [], reasoning = [], toolCallId } of messages) {
    tokens += images.length * by.image;
    for (const { id, name, argumentsJson } of toolCalls) tokens += piece(id, name, argumentsJson);
    for (const { text, redactedData } of reasoning) tokens += piece(text, redactedData ?? "");
    if (toolCallId !== undefined) tokens += piece(toolCallId);
  }
  return tokens;
}
