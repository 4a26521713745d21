import type { Answer, Dialog, Row, Step } from "../../client/dialog.ts";

/** What the person does at one step. */
export type Reply =
  | { pick: string }
  | { tick: readonly string[] }
  | { type: string }
  | { press: string }
  /** Enter on what is proposed */
  | "enter"
  | "back"
  | "escape"
  /** cancels the progress notification */
  | "cancel";

/** A person who answers from a script. `seen` is the conversation as they read it, refusals included. */
export function scriptedDialog(script: readonly Reply[]): { dialog: Dialog; seen: string[]; left(): number } {
  const replies = [...script];
  const seen: string[] = [];
  const next = (): Reply => {
    const reply = replies.shift();
    if (reply === undefined) throw new Error(`The script is over, and still: ${seen.at(-1)}`);
    return reply;
  };
  const head = ({ title, step, totalSteps }: Step, words: string) =>
    seen.push(`${title} (${step}/${totalSteps}) ${words}`);
  const gone = (reply: Reply): Answer<never> | null =>
    reply === "back" ? { kind: "back" } : reply === "escape" ? { kind: "cancelled" } : null;
  const find = <T>(rows: readonly Row<T>[], label: string): Row<T> => {
    const row = rows.find((each) => each.label === label);
    if (row === undefined) throw new Error(`No row "${label}" among ${rows.map((each) => each.label).join(", ")}`);
    return row;
  };
  const dialog: Dialog = {
    async pickOne(options) {
      const rows = [...((await options.later) ?? []), ...options.rows];
      head(options, rows.map(({ label, description }) => `${label} [${description}]`).join(" | "));
      const reply = next();
      const leaving = gone(reply);
      if (leaving !== null) return leaving;
      const typed = typeof reply === "object" && "type" in reply ? (options.typed?.(reply.type) ?? null) : null;
      if (typed !== null) {
        seen.push(`row: ${typed.label} [${typed.description}]`);
        return { kind: "value", value: typed.value };
      }
      if (typeof reply === "string" || !("pick" in reply)) throw new Error(`Cannot do ${JSON.stringify(reply)} here`);
      return { kind: "value", value: find(rows, reply.pick).value };
    },
    async pickMany(options) {
      head(
        options,
        options.rows.map((row) => `${row.picked ? "☑" : "☐"} ${row.label} [${row.description}]`).join(" | "),
      );
      for (;;) {
        const reply = next();
        const leaving = gone(reply);
        if (leaving !== null) return leaving;
        let values = options.rows.filter((row) => row.picked).map((row) => row.value);
        if (typeof reply === "object" && "tick" in reply)
          values = reply.tick.map((label) => find(options.rows, label).value);
        const refused = options.refuse(values);
        if (refused === null) return { kind: "value", value: values };
        seen.push(`refused: ${refused}`);
      }
    },
    async enterText(options) {
      head(options, `${options.echo === "masked" ? "•••" : `"${options.value}"`} ${options.prompt}`);
      for (;;) {
        const reply = next();
        const leaving = gone(reply);
        if (leaving !== null) return leaving;
        const text = typeof reply === "object" && "type" in reply ? reply.type : options.value;
        const refused = options.refuse(text);
        if (refused === null) return { kind: "value", value: text };
        seen.push(`refused: ${refused}`);
      }
    },
    async wait(title, run) {
      seen.push(`wait: ${title}`);
      if (replies[0] === "cancel") {
        replies.shift();
        return null;
      }
      return run({ isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) });
    },
    async fail(message, detail, actions, where) {
      seen.push(`fail ${where}: ${message} ${detail} {${actions.join("|")}}`);
      const reply = next();
      return typeof reply === "object" && "press" in reply ? reply.press : undefined;
    },
  };
  return { dialog, seen, left: () => replies.length };
}

/** For whoever pastes keys. */
export const noLogin = {
  startLogin: () => Promise.reject(new Error("no login here")),
  finishLogin: () => Promise.reject(new Error("no login here")),
  openPage: async () => false,
};
