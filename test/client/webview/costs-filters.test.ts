// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { costsFilters } from "../../../client/webview/costs-filters.ts";
import type { ReportParams } from "../../../shared/report.ts";
import { costsState, report } from "./harness/costs-scenes.ts";

describe("days that are typed", () => {
  function open() {
    const changes: Partial<ReportParams>[] = [];
    const refusals: boolean[] = [];
    const filters = costsFilters(
      (change) => changes.push(change),
      (isRefused) => refusals.push(isRefused),
    );
    document.body.replaceChildren(filters.element);
    const range = { kind: "between", fromDay: "2026-11-12", toDay: "2026-11-15" } as const;
    filters.show(costsState({ params: { ...report().params, range } }));
    const type = (label: string, day: string) => {
      const input = document.querySelector<HTMLInputElement>(`input[aria-label=${label}]`);
      if (input !== null) input.value = day;
      input?.dispatchEvent(new Event("change"));
      return input?.value;
    };
    return { changes, refusals, type };
  }

  it("end today where the last is later, which can be typed though it cannot be picked", () => {
    const { changes, refusals, type } = open();
    expect(type("To", "2027-11-29")).toBe("2026-11-18");
    expect(changes).toEqual([{ range: { kind: "between", fromDay: "2026-11-12", toDay: "2026-11-18" } }]);
    expect(refusals.at(-1)).toBe(false);
  });

  it("are refused where the first is after today", () => {
    const { changes, refusals, type } = open();
    type("From", "2026-11-20");
    expect([changes, refusals.at(-1)]).toEqual([[], true]);
  });
});
