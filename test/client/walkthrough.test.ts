import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { contributes } = JSON.parse(read("package.json")) as {
  contributes: { walkthroughs: { steps: { id: string; description: string; completionEvents?: string[] }[] }[] };
};
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe("the walkthrough", () => {
  it("ticks each step by something that the client really sets", () => {
    const events = steps.flatMap((step) => step.completionEvents ?? []);
    const keys = new Set(events.flatMap((event) => /^onContext:([\w.]+)/.exec(event)?.[1] ?? []));
    expect([...keys]).toEqual(["wayfare.setup", "wayfare.asked", "wayfare.completionsOn"]);
    for (const key of ["wayfare.setup", "wayfare.asked"]) {
      expect(read("client/extension.ts")).toContain(`"setContext", "${key}"`);
    }
    // What this one is set to is held by completion-commands.test.ts.
    expect(read("client/completion-commands.ts")).toContain('"wayfare.completionsOn": configuration.completions()?.on');
  });

  it("asks for an answer, not for a view that is open from the start", () => {
    expect(steps.find(({ id }) => id === "ask")?.completionEvents).toEqual(["onContext:wayfare.asked"]);
  });

  it("leads to the local endpoint, and ticks that step once its page was seen or it was switched on", () => {
    const step = steps.find(({ id }) => id === "endpoint");
    expect(step?.description).toContain("(command:wayfare.showEndpoint)");
    expect(step?.completionEvents).toEqual([
      "onCommand:wayfare.showEndpoint",
      "onSettingChanged:wayfare.endpoint.enabled",
    ]);
  });

  it("ticks the step about money by its own button", () => {
    const money = steps.find(({ id }) => id === "money");
    expect(money?.description).toContain("(command:workbench.action.openSettings?");
    expect(money?.completionEvents).toContain("onCommand:workbench.action.openSettings");
  });
});
