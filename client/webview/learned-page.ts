import { element, focusInPlace, mustFind, textButton } from "./element.ts";
import { emptyState } from "./empty-state.ts";
import type { FromLearned, LearnedState, ToLearned } from "./learned-messages.ts";
import { learnedTable } from "./learned-table.ts";
import { bar } from "./notices.ts";
import { serverNotice } from "./server-notice.ts";

/**
 * The page of what was learned on this machine. Draws what the host sends and changes what is there in place. Gives the
 * function that takes the host's messages.
 */
export function learnedPage(post: (message: FromLearned) => void): (message: ToLearned) => void {
  const live = mustFind("live");
  const command = (name: Extract<FromLearned, { type: "command" }>["command"]): void =>
    post({ type: "command", command: name });
  mustFind("head").append(element("h1", { class: "session-name" }, "What was learned"));
  const notice = serverNotice(mustFind("notices"), command);
  const root = mustFind("learned");
  const empty = emptyState({
    usePlayground: () => command("usePlayground"),
    addProvider: () => command("addProvider"),
    ask: () => undefined,
  });
  const explained = element(
    "p",
    { class: "explained" },
    "What becomes of answers says how good they were: inserting or copying their code, taking ghost text, undoing an " +
      "insertion, asking again on the same tier or the other, and an escalation, where a check finds an answer wanting " +
      "and another tier is asked. It moves the chance that a model's next answer to such a question is right, and with " +
      "it the tier that is asked; it fades by half in 45 days. Rows of one model lend to each other, most of all those " +
      "of one language, so that a row can move against its own counts; it says so where it does. Only these counts are " +
      "kept, never a word of a question, an answer or your code. ",
    element("strong", {}, "Nothing of it leaves this machine."),
  );
  const off = bar(
    "circle-slash",
    "Learning is off: nothing is written down, and what stands below does not count.",
    textButton("Open the setting", "secondary", () => command("openSetting")),
  );
  const waiting = element("p", { class: "dim" }, "Asking Wayfare's server…");
  const none = element(
    "p",
    { class: "dim none" },
    "Nothing was learned yet. Insert or copy code of an answer, or ask a question again on the other tier, and it will show here.",
  );
  const table = learnedTable(post);
  const reset = textButton("Forget everything", "secondary", () => post({ type: "forget", row: null }));
  const acts = element("p", { class: "acts" }, reset);
  root.append(empty.element, explained, off, waiting, none, table.element, acts);
  let shown: LearnedState | null = null;

  const show = (state: LearnedState): void => {
    const rows = state.table?.rows ?? null;
    const isEmpty = state.setup === "nothing";
    const hasRows = !isEmpty && rows !== null && rows.length > 0;
    notice.show({ ...state, hasContent: rows !== null });
    if (isEmpty) empty.show("nothing", false);
    empty.element.hidden = !isEmpty;
    explained.hidden = isEmpty;
    off.hidden = isEmpty || state.table?.enabled !== false;
    waiting.hidden = isEmpty || rows !== null || state.connection === "stopped" || state.problem !== null;
    none.hidden = isEmpty || rows === null || rows.length > 0;
    const hadFocus = root.contains(document.activeElement);
    table.show(rows ?? [], state.atMs);
    table.element.hidden = !hasRows;
    acts.hidden = !hasRows;
    // What had the focus may be gone with its row.
    if (hadFocus && !hasRows) focusInPlace(root);
    const before = shown?.table?.rows.length;
    if (before !== undefined && rows !== null && rows.length < before) {
      live.textContent = rows.length === 0 ? "Everything was forgotten." : "Forgotten.";
    }
    shown = state;
  };

  post({ type: "ready" });
  return (message) => {
    if (message.type === "state") show(message.state);
    else if (shown?.setup === "nothing") empty.element.querySelector("button")?.focus();
    else if (!document.body.contains(document.activeElement) || document.activeElement === document.body)
      focusInPlace(root);
  };
}
