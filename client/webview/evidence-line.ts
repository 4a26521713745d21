import type { Decision } from "../../shared/answer.ts";
import { element, icon, textButton } from "./element.ts";
import { evidenceWords, isBad } from "./evidence-words.ts";
import type { FromPage, InsertEvidence, TestEvidence } from "./messages.ts";
import type { PageFacts } from "./page-facts.ts";
import { retryButton } from "./retry-button.ts";

/**
 * The line under a turn's answer that tells what was seen after code of it was inserted, with the ways on. `decision` is
 * that of the turn as it now is; `retry` asks its question once more, and only a click does.
 */
export function evidenceLine(
  turnId: string,
  actions: EvidenceActions & { facts: PageFacts; grown(): void },
): HTMLElement {
  const line = element("div", {
    class: "evidence",
    role: "group",
    "aria-label": "After inserting",
    tabindex: -1,
    hidden: true,
  });
  actions.facts.follow(line, ({ evidence }) => {
    const own = evidence?.turnId === turnId ? evidence : null;
    // The button that was pressed is about to be replaced; the focus stays in its line.
    const at = [...line.querySelectorAll<Element>("button")].indexOf(document.activeElement ?? line);
    line.replaceChildren(...(own === null ? [] : partsOf(own, actions)));
    line.hidden = own === null;
    line.classList.toggle("bad", own !== null && isBad(own));
    if (at !== -1) (line.querySelectorAll("button")[at] ?? line.querySelector("button") ?? line).focus();
    actions.grown();
  });
  return line;
}

interface EvidenceActions {
  decision(): Decision | null;
  retry(mode: string): void;
  tests(act: TestAct): void;
}
type TestAct = Extract<FromPage, { type: "tests" }>["act"];

function partsOf(evidence: InsertEvidence, { decision, retry, tests }: EvidenceActions): Node[] {
  const words = evidenceWords(evidence).map((each) =>
    element("span", { class: "evidence-words" }, icon(each.icon), element("span", {}, each.words)),
  );
  // The frontier first, where there is reason to ask it; looking closer comes after.
  return [
    ...words,
    ...(isBad(evidence) ? [retryButton(decision(), "link", retry)] : []),
    ...testButtons(evidence.tests).map(([label, act]) => textButton(label, "link", () => tests(act))),
  ];
}

function testButtons(tests: TestEvidence | null): [string, TestAct][] {
  switch (tests?.state) {
    case "ready":
      return [["Run tests", "run"]];
    case "running":
      return [["Stop", "stop"]];
    case "passed":
    case "failed":
    case "unrun":
    case "timedOut":
    case "stopped":
      return [
        ["Show output", "output"],
        ["Run again", "run"],
      ];
    default:
      return [];
  }
}
