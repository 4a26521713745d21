/** The one answer that the vendor gives, and how an answer that came through somebody is told from a broken one. */
export const CHUNKS = 64;

/** In each chunk once, and nowhere else in an answer: counting it needs no parser. */
const MARK = "lorem";
const texts = Array.from({ length: CHUNKS }, (_, index) => `${MARK}${index} `);
const whole = texts.join("");
const usage = { prompt_tokens: 48, completion_tokens: 128, total_tokens: 176 };

const event = (fields: object): string => {
  const head = { id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1_700_000_000, model: "bench" };
  return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
};
const choice = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
});

/** Server-sent events, each to be written for itself: 64 with text, one with the reason, one with the usage, the end. */
export const events: readonly string[] = [
  ...texts.map((content, index) => event(choice(index === 0 ? { role: "assistant", content } : { content }))),
  event(choice({}, "stop")),
  event({ choices: [], usage }),
  "data: [DONE]\n\n",
];

export function hasText(chunk: Buffer): boolean {
  return chunk.includes(MARK);
}

/** Cheap enough for every answer: what is wrong with it, or null. */
export function faultOf(status: number, body: Buffer): string | null {
  if (status !== 200) return `status ${status}: ${body.subarray(0, 300)}`;
  let count = 0;
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + MARK.length)) count += 1;
  if (count !== CHUNKS) return `${count} pieces of the text, not ${CHUNKS}`;
  return body.subarray(-64).includes("data: [DONE]") ? null : "no [DONE] at the end";
}

/** The same by reading each event: the text, however it was cut into chunks, why it ended, and its usage. */
export function faultInside(body: Buffer): string | null {
  const lines = body.toString().split(/\r?\n/);
  const data = lines.filter((line) => line.startsWith("data: ") && line !== "data: [DONE]");
  const chunks = data.map((line) => JSON.parse(line.slice("data: ".length)));
  const pieces = chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? "").filter((text) => text !== "");
  if (pieces.join("") !== whole) return `the text is another: ${pieces.join("").slice(0, 100)}`;
  if (!chunks.some((chunk) => chunk.choices?.[0]?.finish_reason === "stop")) return "no reason of the end";
  if (!chunks.some((chunk) => chunk.usage?.completion_tokens === usage.completion_tokens)) return "no usage";
  return null;
}
