import type { Turn } from "../../shared/answer.ts";
import { attemptBehind } from "../../shared/told-failure.ts";
import { appliedMark } from "./applied-mark.ts";
import { decisionLine } from "./decision-line.ts";
import { element, iconButton, textButton } from "./element.ts";
import { failureBlock } from "./failure-block.ts";
import { noticeBlock } from "./notice-block.ts";
import type { TurnActions } from "./turn.ts";

/** What stands under the text of an answer that has ended: why it is not whole, the ways on, and the decision. */
export function turnEnding(turn: Turn, actions: TurnActions): Node[] {
  const nodes: Node[] = [];
  const { decision } = turn;
  const retry = (mode: string) => actions.retry(turn.id, mode);
  // A model that was picked by hand is asked again itself, never replaced by the automatic choice.
  const mode = () => decision?.mode ?? actions.facts.now().mode;
  const again = () => retry(mode());
  if (turn.state === "failed" && turn.failure !== null) {
    nodes.push(
      failureBlock(turn.failure, {
        ...actions,
        told: attemptBehind(turn.failure, decision?.attempts ?? []),
        attempts: decision?.attempts ?? [],
        again: { asked: () => ({ turnId: turn.id, mode: mode() }), ask: retry },
      }),
    );
  } else if (turn.state === "cancelled") {
    const words = turn.answer === "" ? "Stopped before an answer came." : "Stopped. The answer above is not complete.";
    nodes.push(unfinished("debug-stop", words, again));
  } else if (turn.elsewhere === true) {
    const words =
      turn.answer === ""
        ? "Being answered in another window, or cut off. What comes of it appears here."
        : "Being written in another window, or cut off. What more comes of it appears here.";
    nodes.push(unfinished("multiple-windows", words, again));
  } else if (turn.state === "interrupted") {
    const words =
      turn.answer === ""
        ? "Interrupted: Wayfare's server ended before an answer came."
        : "Interrupted: Wayfare's server ended while this was being written. The answer above is not complete.";
    nodes.push(unfinished("debug-disconnect", words, again));
  } else if (decision?.cutByCap !== undefined || decision?.finishReason === "length") {
    const words =
      decision.cutByCap === undefined
        ? "The answer reached its length limit."
        : `Cut short to stay under ${decision.cutByCap}.`;
    const more = textButton("Continue", "secondary", () => actions.goOn(turn.id, mode()));
    // "Where the answer stopped" speaks of the last one: an earlier one cannot be taken up.
    more.classList.add("only-last");
    nodes.push(noticeBlock("info", words, more));
  }
  const applied = turn.state === "done" ? appliedMark(turn, { facts: actions.facts, retry }) : null;
  if (applied !== null) nodes.push(applied);
  const copy =
    turn.answer === "" ? null : iconButton("copy", "Copy the whole answer", () => actions.copyAnswer(turn.answer));
  if (decision !== null) nodes.push(decisionLine(decision, turn.id, copy, { ...actions, retry }));
  else if (copy !== null) nodes.push(element("div", { class: "answer-line" }, copy));
  return nodes;
}

function unfinished(iconName: string, words: string, retry: () => void): HTMLElement {
  return noticeBlock(iconName, words, textButton("Retry", "secondary", retry));
}
