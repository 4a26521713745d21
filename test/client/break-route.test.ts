import { beforeEach, expect, it, vi } from "vitest";
import { registerBreakRoute } from "../../client/break-route.ts";
import type { Connection } from "../../client/server-process.ts";
import { editor, reset, window } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

function scene() {
  const asked: unknown[] = [];
  const faults = new Map<string, string>();
  const connection = {
    async request(_type: unknown, params: { modelId: string; fault: string }) {
      asked.push(params);
      faults.set(params.modelId, params.fault);
      return [...faults].map(([modelId, fault]) => ({ modelId, fault }));
    },
  } as unknown as Connection;
  registerBreakRoute({ server: { start: async () => connection }, simulatedModels: () => ["sim-small", "sim-large"] });
  const boxes = vi.spyOn(window, "showInformationMessage");
  boxes.mockClear();
  const messages = vi.spyOn(window, "setStatusBarMessage");
  const breakRoute = async (modelId: string, label: string) => {
    const pick = vi.fn(async (items: readonly (string | { label: string })[]) =>
      items.find((item) => (typeof item === "string" ? item === modelId : item.label === label)),
    );
    Object.assign(window, { showQuickPick: pick });
    await (editor.commands.get("wayfare.breakRoute") as () => Promise<void>)();
    return pick.mock.calls.at(-1)?.[0] as { label: string; detail: string }[];
  };
  return { asked, boxes, messages, breakRoute };
}

it("says in the status bar what is broken, so that no box covers the question, and mends by the same command", async () => {
  const { asked, boxes, messages, breakRoute } = scene();
  await breakRoute("sim-large", "Answers 500");
  await breakRoute("sim-small", "Is slow");
  await breakRoute("sim-small", "Works again");
  await breakRoute("sim-large", "Works again");
  expect(editor.shown).toEqual([
    "sim-large: answers 500 until mended",
    "sim-large: answers 500; sim-small: is slow until mended",
    "sim-large: answers 500 until mended",
    "All simulated models work.",
  ]);
  expect(messages.mock.lastCall).toEqual(["All simulated models work.", 8_000]);
  expect(boxes).not.toHaveBeenCalled();
  expect(asked.at(-1)).toEqual({ modelId: "sim-large", fault: "none" });
});

it("says of each fault what is done about it", async () => {
  const rows = await scene().breakRoute("sim-large", "Works again");
  expect(rows.slice(0, 2).map(({ detail }) => detail)).toEqual([
    "The vendor's server fails; it is asked once more, then the next route.",
    "Too many requests; the next vendor is asked at once; the key is left alone that long.",
  ]);
});
