/** Lines as Ollama writes them. */
export const line = (value: object): string =>
  `${JSON.stringify({ model: "m", created_at: "2026-10-26T17:15:24.097767Z", ...value })}\n`;

/** A piece of an answer in chat; `message` may hold thinking and calls. */
export const said = (message: object): string =>
  line({ message: { role: "assistant", content: "", ...message }, done: false });

/** A piece of what `/api/generate` writes. */
export const filled = (response: string): string => line({ response, done: false });

const counts = {
  total_duration: 4_883_583_458,
  load_duration: 1_334_875,
  prompt_eval_duration: 342_546_000,
  eval_duration: 4_535_599_000,
};

export function lastLine(
  shape: "chat" | "generate",
  done_reason: string,
  prompt_eval_count = 130,
  eval_count = 7,
): string {
  const content = shape === "chat" ? { message: { role: "assistant", content: "" } } : { response: "" };
  return line({ ...content, done: true, done_reason, ...counts, prompt_eval_count, eval_count });
}
