import { describe, expect, it } from "vitest";
import { createActivity } from "../../../server/engine/activity.ts";
import type { ServerState } from "../../../shared/protocol.ts";

describe("what goes on", () => {
  it("is told on every change, completions included, and only then", async () => {
    const told: ServerState[] = [];
    const activity = createActivity({ silent: () => null, onState: (state) => told.push(state) });
    activity.refresh();
    activity.setCompletions({ working: 1, silent: null, uri: null });
    activity.setCompletions({ working: 1, silent: null, uri: null });
    await activity.during(async () =>
      activity.setCompletions({ working: 0, silent: "budget reached", uri: "file:///a.ts" }),
    );
    expect(told).toEqual([
      { working: 0, silent: null, completions: { working: 0, silent: null, uri: null } },
      { working: 0, silent: null, completions: { working: 1, silent: null, uri: null } },
      { working: 1, silent: null, completions: { working: 1, silent: null, uri: null } },
      { working: 1, silent: null, completions: { working: 0, silent: "budget reached", uri: "file:///a.ts" } },
      { working: 0, silent: null, completions: { working: 0, silent: "budget reached", uri: "file:///a.ts" } },
    ]);
  });
});
