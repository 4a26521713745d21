// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { numberChecks } from "../../../client/webview/number-checks.ts";
import type { Report } from "../../../shared/report.ts";
import { report } from "./harness/costs-scenes.ts";

function open(first: Report) {
  const checks = numberChecks();
  document.body.replaceChildren(checks.element);
  checks.show(first);
  return checks;
}

describe("how right the numbers are", () => {
  /** What a person reads of it: each leaf that is not hidden. */
  const checksWords = () =>
    [...document.querySelectorAll<HTMLElement>("[aria-label='How right are these numbers'] :is(h2, h3, p)")]
      .filter((each) => each.closest("[hidden]") === null)
      .map((each) =>
        [...each.childNodes]
          .filter((child) => !(child instanceof HTMLElement && child.hidden))
          .map((child) => child.textContent)
          .join(""),
      )
      .join(" ");

  it("is the error of the estimates, and every raise of a cap", () => {
    open(report());
    const row = [...document.querySelectorAll("table")].find(
      ({ caption }) => caption?.textContent === "Estimated tokens against the vendor's count",
    );
    expect([...(row?.tBodies[0]?.rows[0]?.cells ?? [])].map((cell) => cell.textContent)).toEqual([
      "openai/gpt-5.4-mini",
      "120",
      "+1 %",
      "+6 %",
      "−12 %",
    ]);
    // What nothing is known of in any row has no column, and no head.
    expect(
      [...(row?.tHead?.rows[0]?.cells ?? [])].filter((cell) => cell.hidden).map((cell) => cell.textContent),
    ).toEqual(["Output, 9 of 10 within"]);
    const raises = [...document.querySelectorAll("table")].find(
      ({ caption }) => caption?.textContent === "A raise holds until the end of its day",
    );
    expect([...(raises?.tBodies[0]?.rows[0]?.cells ?? [])].slice(1).map((cell) => cell.textContent)).toEqual([
      "One workspace, a day",
      "shop",
      "$1.00",
      "$2.00 → $3.00",
    ]);
  });

  it("says why there is nothing to compare, and explains no table that is not there", () => {
    open(report({ estimateErrors: [], raises: [] }));
    expect(document.querySelectorAll(".table-frame:not([hidden])")).toHaveLength(0);
    expect(checksWords()).toBe(
      "How right are these numbers Before a request goes out, its tokens are estimated, and the most that it can cost is held. Afterwards the vendor's count is what is paid. Nothing to compare in these days: no vendor counted the tokens of a request. One that failed, was stopped or was answered from the cache has no such count. Caps raised for a day No cap was raised in these days.",
    );
  });

  it("says of simulated models that they are left out, and shows no real figures among simulated ones", () => {
    const { show } = open(report());
    const simulated = report({ params: { ...report().params, book: "simulated" } });
    show(simulated);
    expect(checksWords()).toBe(
      "How right are these numbers Simulated models are left out of this. Their tokens are counted by the playground and by no vendor, so they say nothing of how good an estimate is, and simulated money counts under no cap. Choose “Real money” above to see how far the estimates were off, and which caps were raised.",
    );
    show(report());
    expect(checksWords()).toContain("+ means that too much was estimated");
  });

  it("does not pass for the figures of one workspace", () => {
    const { show } = open(report());
    expect(checksWords()).not.toContain("of all workspaces");
    const one = report({ params: { ...report().params, workspace: "file:///home/ada/shop" } });
    show(one);
    expect(checksWords()).toContain("Both tables are of all workspaces.");
  });
});
