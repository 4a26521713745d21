import { describe, expect, it } from "vitest";
import { engine } from "./ask-scene.ts";
import { createFakeClock, settle } from "./fake-clock.ts";
import { finish, type Step, text } from "./scripted-provider.ts";

describe("ask looks at the code of an answer", () => {
  const broken = [{ block: 0, languageId: "typescript", line: 2 }];

  it("and says what does not parse; the next question of a cheap conversation then goes up", async () => {
    const seen: string[] = [];
    const { put } = await engine({
      unparsedBlocks: async (found) => {
        seen.push(found);
        return found === "small says" ? broken : [];
      },
    });
    const first = await put("rename a to b");
    expect(first.decision?.unparsed).toEqual(broken);
    const next = await put("and c to d");
    expect(seen).toEqual(["small says", "large says"]);
    expect(next.decision?.why).toBe("code of the last answer did not parse");
    expect(next.decision).not.toHaveProperty("unparsed");
  });

  it("for a second at most, and not where it was cut short", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    const slow = await engine({ clock, unparsedBlocks: () => new Promise(() => undefined) });
    const turn = slow.put("rename a to b");
    while (clock.waiting() === 0) await settle();
    await clock.advance(999);
    let ended = false;
    void turn.then(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);
    await clock.advance(1);
    expect((await turn).decision).not.toHaveProperty("unparsed");

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
