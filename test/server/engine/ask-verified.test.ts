import { describe, expect, it, vi } from "vitest";
import type { Turn } from "../../../shared/answer.ts";
import { engine } from "./ask-scene.ts";
import { createFakeClock, settle } from "./fake-clock.ts";
import { finish, type Step, text } from "./scripted-provider.ts";

describe("ask looks at the code of an answer", () => {
  const broken = [{ block: 0, languageId: "typescript", line: 2 }];

  it("and says what does not parse; the next question of a cheap conversation then goes up", async () => {
    const seen: string[] = [];
    const { put } = await engine({
      settings: { evidence: { escalate: false } },
      unparsedBlocks: async (found) => {
        seen.push(found);
        return found === "small says" ? broken : [];
      },
    });
    const first = await put("rename a to b");
    expect(first.decision).not.toHaveProperty("escalated");
    expect(first.decision?.unparsed).toEqual(broken);
    const next = await put("and c to d");
    expect(seen).toEqual(["small says", "large says"]);
    expect(next.decision?.why).toBe("code of the last answer did not parse");
    expect(next.decision).not.toHaveProperty("unparsed");
  });

  it("for a second at most, and amends it when it comes later", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    let found = (_: typeof broken): void => undefined;
    const amended: [string, Turn][] = [];
    const slow = await engine({
      clock,
      unparsedBlocks: () =>
        new Promise((resolve) => {
          found = resolve;
        }),
      onAmended: (...amendment) => amended.push(amendment),
    });
    const turn = slow.put("rename a to b", "cheap");
    while (clock.waiting() === 0) await settle();
    await clock.advance(999);
    let ended = false;
    void turn.then(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);
    await clock.advance(1);
    const shown = await turn;
    expect(shown.decision).not.toHaveProperty("unparsed");

    // What is found later still reaches the page and the books.
    found(broken);
    await vi.waitFor(() => expect(amended).toHaveLength(1));
    const marked = { ...shown, decision: { ...shown.decision, unparsed: broken } };
    expect(amended).toEqual([["s", marked]]);
    expect(slow.store.sessions.read("s")?.turns).toEqual([marked]);
  });

  it("and amends nothing where late looking finds nothing", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    let found = (_: typeof broken): void => undefined;
    let amended = 0;
    const slow = await engine({
      clock,
      unparsedBlocks: () =>
        new Promise((resolve) => {
          found = resolve;
        }),
      onAmended: () => {
        amended += 1;
      },
    });
    const turn = slow.put("rename a to b", "cheap");
    while (clock.waiting() === 0) await settle();
    await clock.advance(1_000);
    await turn;
    found([]);
    await settle();
    expect(amended).toBe(0);
  });

  it("not where it was cut short", async () => {
    const asked: string[] = [];
    const cut: Step[] = [text("```ts"), { type: "finish", reason: "length" }];
    const { put } = await engine({
      small: [cut],
      unparsedBlocks: async (found) => {
        asked.push(found);
        return broken;
      },
    });
    expect((await put("rename a to b")).decision).not.toHaveProperty("unparsed");
    expect(asked).toEqual([]);
  });

  it("and is told of it while it comes, so that what parses it is there in time", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    const seen: string[] = [];
    const slow: Step[] = [text("```ts\n"), { type: "wait", ms: 1_000 }, text("a = 1;\n```\n"), finish];
    const { put } = await engine({ clock, small: [slow], codeIsComing: (answer) => seen.push(answer) });
    const turn = put("rename a to b");
    while (clock.waiting() === 0) await settle();
    await clock.advance(2_000);
    await turn;
    expect(seen).toEqual(["```ts\na = 1;\n```\n"]);
  });
});
