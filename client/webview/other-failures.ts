import type { Attempt } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { mendable } from "../../shared/told-failure.ts";
import { vendorPageFor } from "../../shared/vendor-pages.ts";
import { fullModel } from "./decision-words.ts";
import { element } from "./element.ts";
import type { Facts } from "./page-facts.ts";

/** Of several that failed: why each of the others did, once, each with its vendor's own page; null where there is no other. */
export function otherFailures(
  failure: Failure,
  { told, attempts, vendors = {} }: { told: Attempt | null; attempts: readonly Attempt[] } & Pick<Facts, "vendors">,
): HTMLElement | null {
  const seen = new Set([told === null ? "" : `${fullModel(told)} ${told.failure?.message}`]);
  const rows: HTMLElement[] = [];
  for (const attempt of attempts) {
    const key = `${fullModel(attempt)} ${attempt.failure?.message}`;
    if (attempt.failure === null || seen.has(key)) continue;
    seen.add(key);
    rows.push(rowOf(attempt, attempt.failure, vendors));
  }
  if (rows.length === 0) return null;
  const first = told !== null && mendable.has(failure.kind) ? "This is the one to mend first. " : "";
  const words = rows.length === 1 ? "Another failed, too:" : "Others failed, too:";
  return element(
    "div",
    { class: "other-failures" },
    element("p", {}, first + words),
    element("ul", { "aria-label": "Other failures" }, ...rows),
  );
}

function rowOf(attempt: Attempt, failure: Failure, vendors: NonNullable<Facts["vendors"]>): HTMLElement {
  const preset = vendors[attempt.providerId];
  const page = preset === undefined ? null : vendorPageFor(failure, preset);
  return element(
    "li",
    {},
    element("strong", {}, fullModel(attempt)),
    ` ${failure.message}`,
    ...(page === null ? [] : [" ", element("a", { href: page.url, title: page.url }, page.words)]),
  );
}
