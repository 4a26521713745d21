import { beforeEach, describe, expect, it, vi } from "vitest";
import { registerCacheCommands } from "../../client/cache-commands.ts";
import type { Connection } from "../../client/server-process.ts";
import { editor, reset, window } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

async function clearing(answer: () => Promise<unknown>): Promise<{ asked: string[]; logged: string[] }> {
  const asked: string[] = [];
  const logged: string[] = [];
  const connection: Connection = {
    pid: 1,
    async request(type) {
      asked.push(type.method);
      return (await answer()) as never;
    },
    ask: () => Promise.reject(new Error("not asked here")),
    examine: () => Promise.resolve([]),
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  registerCacheCommands({ server: { start: async () => connection }, log: (message) => logged.push(message) });
  await (editor.commands.get("wayfare.clearAnswerCache") as () => Promise<void>)();
  return { asked, logged };
}

describe("Clear Answer Cache", () => {
  it("says how many answers there were and what they took", async () => {
    const said = vi.spyOn(window, "showInformationMessage");
    const { asked } = await clearing(async () => ({ answers: 1, bytes: 740 }));
    expect(asked).toEqual(["wayfare/clearAnswers"]);
    await clearing(async () => ({ answers: 12, bytes: 31_512 }));
    await clearing(async () => ({ answers: 4_310, bytes: 49_870_000 }));
    await clearing(async () => ({ answers: 0, bytes: 0 }));
    expect(said.mock.calls.map(([message]) => message)).toEqual([
      "1 kept answer deleted, 740 bytes freed.",
      "12 kept answers deleted, 32 KB freed.",
      "4,310 kept answers deleted, 49.9 MB freed.",
      "No answer was kept.",
    ]);
  });

  it("says why it could not", async () => {
    const said = vi.spyOn(window, "showErrorMessage");
    const { logged } = await clearing(() => Promise.reject(new Error("The disk is full.")));
    expect([said.mock.calls[0]?.[0], logged]).toEqual(["The disk is full.", ["The disk is full."]]);
  });
});
