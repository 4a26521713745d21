import { describe, expect, it } from "vitest";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import { completionStage } from "./completion-stage.ts";
import { finish, routeOf, type Step, text } from "./scripted-provider.ts";

/** A model that writes after so long, and ends. */
const writes = (answer: string, afterMs = 200): Step[] => [{ type: "wait", ms: afterMs }, text(answer), finish];
const fails = (failure: Failure): Step[] => [{ type: "fail", failure }];
const refused: Failure = { kind: "auth", status: 401, message: "The key of acme was refused (401)." };

describe("ghost text is not asked for", () => {
  const ask = async (
    setup: Parameters<typeof completionStage>[1],
    marked = "const x = █\n",
    document: { uri?: string; languageId?: string } = {},
  ) => {
    const { open, clock, vendor, ghost, ledger } = completionStage({ a: [writes("1;")] }, setup);
    const asked = open(marked, document).ask();
    await clock.advance(1_000);
    expect([asked.item(), vendor().holes.length, ledger.reserved.length]).toEqual([null, 0, 0]);
    return ghost.state().silent;
  };

  it("while it is off, in an untrusted workspace, or in a language that is off", async () => {
    expect(await ask({ completions: { on: false } })).toBeNull();
    expect(await ask({ scene: { trusted: false } })).toBeNull();
    expect(await ask({}, "Dear █", { languageId: "markdown" })).toBeNull();
    expect(await ask({ completions: { languages: { "*": false } } })).toBeNull();
  });

  it("in a file that may hold secrets", async () => {
    expect(await ask({}, "TOKEN=█", { uri: "file:///w/.env.local" })).toBe("secret file");
  });

  it("in a document of more than two million characters", async () => {
    expect(await ask({}, `${"x".repeat(2_000_000)}\nconst y = █`)).toBe("the file is too large");
  });

  it("and what was said of one document is said of no other, and no longer than it holds", async () => {
    const { open, clock, ghost } = completionStage({ a: [writes("1;")] });
    open(`${"x".repeat(2_000_000)}\nconst y = █`, { uri: "file:///w/big.ts" }).ask();
    await clock.advance(10);
    expect(ghost.state()).toEqual({ working: 0, silent: "the file is too large", uri: "file:///w/big.ts" });
    open("const na█me = 1;\n").ask();
    await clock.advance(500);
    expect(ghost.state()).toEqual({ working: 0, silent: null, uri: null });
  });

  it("in the middle of a word", async () => {
    expect(await ask({}, "const na█me = 1;\n")).toBeNull();
  });

  it("where no model of the cheap tier is set up", async () => {
    expect(await ask({ routes: [routeOf("a", { fim: "suffix", tier: "frontier" })] })).toBe("no cheap model is set up");
  });

  it("without a known price, where there is a cap", async () => {
    const configuration = { budget: { daily: 1 } };
    expect(await ask({ routes: [routeOf("a", { fim: "suffix", price: null })], configuration })).toBe(
      "price not known",
    );
  });

  it("outside the pool", async () => {
    expect(await ask({ configuration: { pool: [["b/*"]] } })).toBe("no model is set up");
  });
});

describe("what the person turned off while a request waited for the settings", () => {
  it.each<[string, (scene: ReturnType<typeof completionStage>["scene"]) => void]>([
    ["completions", (scene) => Object.assign(scene, { completions: { ...scene.completions, on: false } })],
    ["the language", (scene) => Object.assign(scene.completions, { languages: { "*": false } })],
    ["trust", (scene) => Object.assign(scene, { trusted: false })],
  ])("is not asked for: %s", async (_what, turnOff) => {
    let settled = (): void => {};
    const stage = completionStage(
      { a: [writes("1;")] },
      { settled: () => new Promise<void>((resolve) => (settled = resolve)) },
    );
    const asked = stage.open("const x = █\n").ask({ isInvoked: true });
    await stage.clock.advance(10);
    turnOff(stage.scene);
    settled();
    await stage.clock.advance(500);
    expect([asked.item(), stage.vendor().holes.length, stage.ledger.reserved.length]).toEqual([null, 0, 0]);
    expect(stage.ghost.state()).toEqual({ working: 0, silent: null, uri: null });
  });
});

describe("a text that the vendor's filter cut off", () => {
  it("is not offered, and not asked for again at the same place", async () => {
    const { open, clock, ghost, vendor } = completionStage({
      a: [[text("half of a"), { type: "finish", reason: "content-filter" }]],
    });
    const editor = open("const x = █\n");
    const asked = editor.ask({ isInvoked: true });
    await clock.advance(10);
    expect([asked.item(), ghost.state().silent]).toEqual([null, "refused by its filter"]);
    const again = editor.ask();
    await clock.advance(500);
    expect([again.item(), vendor().holes.length]).toEqual([null, 1]);
  });
});

describe("when a model fails", () => {
  it("that asks to be left alone is not waited for, though the next one has the same key", async () => {
    const failure: Failure = { kind: "rate-limit", retryAfterMs: 1_500, message: "m" };
    const routes = ["one", "two"].map((modelId) => routeOf("a", { modelId, fim: "suffix" }));
    const { open, clock, vendor } = completionStage({ a: [fails(failure), writes("1;", 10)] }, { routes });
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(50);
    expect(vendor().holes.map(({ modelId }) => modelId)).toEqual(["one", "two"]);
    expect(asked.picture()).toBe("const x = ├1;┤\n");
    const alone = completionStage({ a: [fails(failure)] });
    alone.open("const x = █\n").ask({ isInvoked: true });
    await alone.clock.advance(50);
    // In full, too, with whose it was.
    const trouble = { failure: { ...failure, message: "m a/m is tried again in 2 s." }, providerId: "a" };
    expect(alone.ghost.state()).toMatchObject({ working: 0, silent: "rate limited", trouble });
  });

  it("the next one answers, and nothing of the first is in it", async () => {
    const { open, clock, ghost, vendor, ledger } = completionStage({
      a: [[text("half of an ans"), { type: "fail", failure: { kind: "truncated", message: "cut" } }]],
      b: [writes("whole;", 10)],
    });
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(100);
    expect(asked.picture()).toBe("const x = ├whole;┤\n");
    expect([vendor("a").holes.length, vendor("b").holes.length]).toEqual([1, 1]);
    expect(ledger.settled.map(({ outcome }) => outcome)).toEqual(["failed", "done"]);
    expect(ghost.state().silent).toBeNull();
  });

  it("a silent one is left within seconds", async () => {
    const { open, clock } = completionStage({ a: [[{ type: "hang" }]], b: [writes("whole;", 10)] });
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(5_100);
    expect(asked.picture()).toBe("const x = ├whole;┤\n");
  });

  it("one that stalls in the middle is left, and what it wrote is not in the answer", async () => {
    const { open, clock, ledger } = completionStage({
      a: [[text("half of an ans"), { type: "hang" }]],
      b: [writes("whole;", 10)],
    });
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(2_100);
    expect(asked.picture()).toBe("const x = ├whole;┤\n");
    expect(ledger.settled).toMatchObject([{ outcome: "failed", costSource: "estimated" }, { outcome: "done" }]);
  });

  it("the state says why in a few words, and nothing after the next success", async () => {
    const words: [Failure, string][] = [
      [refused, "key refused"],
      [{ kind: "quota", status: 402, message: "m" }, "out of credit"],
      [{ kind: "rate-limit", retryAfterMs: 20_000, message: "m" }, "rate limited"],
      [{ kind: "overloaded", status: 503, message: "m" }, "its model is busy"],
      [{ kind: "network", cause: "refused", host: "h", message: "m" }, "connection refused"],
      [{ kind: "not-an-api", status: 200, contentType: "text/html", message: "m" }, "not an API (text/html)"],
      [{ kind: "malformed", message: "m" }, "unreadable answer"],
    ];
    for (const [failure, expected] of words) {
      const { open, clock, ghost } = completionStage({ a: [fails(failure), fails(failure), writes("1;")] });
      const editor = open("const x = █\n");
      const asked = editor.ask({ isInvoked: true });
      await clock.advance(1_000);
      expect([asked.item(), ghost.state().silent]).toEqual([null, expected]);
      await clock.advance(600_000);
      for (let times = 0; times < 2; times += 1) {
        editor.ask({ isInvoked: true });
        await clock.advance(1_000);
      }
      expect(ghost.state().silent).toBeNull();
    }
  });

  it("with a refused key is left alone, and the log hears of it once", async () => {
    const { open, clock, vendor, faults, ghost } = completionStage({ a: [fails(refused)] });
    const editor = open("const █\n");
    for (const letter of "abcdefghij") {
      editor.type(letter);
      await clock.advance(500);
    }
    expect(vendor().holes).toHaveLength(1);
    expect(faults).toEqual([refused]);
    expect(ghost.state().silent).toBe("key refused (401)");
  });

  it("again and again, the log hears of it once a minute", async () => {
    const broken: Failure = { kind: "malformed", message: "acme/m sent what nobody can read." };
    const { open, clock, faults } = completionStage({ a: [fails(broken)] });
    const editor = open("const █\n");
    for (let second = 0; second < 130; second += 1) {
      editor.type("x");
      await clock.advance(1_000);
    }
    expect(faults).toEqual([broken, broken]);
  });

  it("under a spent cap not a byte leaves, and the state says so", async () => {
    const { open, clock, vendor, ghost } = completionStage(
      { a: [writes("1;")] },
      { configuration: { budget: { daily: 0.000001, ladder: [] } } },
    );
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(2_000);
    expect([asked.item(), vendor().holes.length, ghost.state().silent]).toEqual([null, 0, "budget reached"]);
  });

  it("and when the books cannot be kept, nothing is sent", async () => {
    const { open, clock, vendor, ghost } = completionStage(
      { a: [writes("1;")] },
      { refuse: { reserve: { kind: "ledger", message: "The disk is full." } } },
    );
    open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(100);
    expect([vendor().holes.length, ghost.state().silent]).toEqual([0, "the books cannot be kept"]);
  });
});

describe("a model that can only be asked in chat", () => {
  it("is shown the hole and its wrapping is taken off", async () => {
    const { open, clock, vendor } = completionStage(
      { a: [["Here is", " the missing code:\n", "```ts", "\nsum(val", "ues);\n", "```\n"].map(text).concat(finish)] },
      { routes: [routeOf("a")] },
    );
    const asked = open("const mean = █\n", { uri: "file:///home/alice/secret-project/a.ts" }).ask({ isInvoked: true });
    await clock.advance(300);
    expect(asked.picture()).toBe("const mean = ├sum(values);┤\n");
    expect(vendor().holes).toHaveLength(0);
    const prompt = vendor()
      .requests[0]?.messages.map((message) => message.text)
      .join("\n");
    expect(prompt).toContain("const mean = ");
    expect(prompt).toContain("a.ts");
    expect(prompt).not.toContain("alice");
  });

  it("is asked in chat at once when its server says that it cannot fill holes", async () => {
    const { open, clock, vendor, ledger } = completionStage({ a: [writes("sum(values);", 10)] });
    let refusals = 0;
    const a = vendor();
    a.canFill = () => refusals === 0;
    // biome-ignore lint/correctness/useYield: a refusal comes before any part
    a.fill = async function* () {
      refusals += 1;
      throw new FailureError({ kind: "bad-request", status: 400, parameter: null, message: "cannot fill" });
    };
    const editor = open("const mean = █\n");
    const asked = editor.ask({ isInvoked: true });
    await clock.advance(100);
    expect(asked.picture()).toBe("const mean = ├sum(values);┤\n");
    expect(ledger.settled.map(({ outcome }) => outcome)).toEqual(["done"]);
    editor.becomes("let x = 1;\nconst mean = █\n");
    editor.ask({ isInvoked: true });
    await clock.advance(100);
    expect([refusals, a.requests.length]).toEqual([1, 2]);
  });

  it("comes after every model that fills holes, however cheap it is", async () => {
    const { open, clock, vendor } = completionStage(
      { a: [writes("chat();")], b: [writes("hole();")] },
      { routes: [routeOf("a", { price: "free" }), routeOf("b", { fim: "suffix" })] },
    );
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(300);
    expect(asked.picture()).toBe("const x = ├hole();┤\n");
    expect(vendor("a").requests).toHaveLength(0);
  });
});

describe("line ends", () => {
  it("are those of the document", async () => {
    const { open, clock } = completionStage({ a: [writes("const a = 1;\n  return a;\n}\n", 0)] });
    const asked = open("function one() {\r\n  █\r\n").ask({ isInvoked: true });
    await clock.advance(100);
    expect(asked.picture()).toContain("const a = 1;\r\n  return a;");
    expect(asked.picture().replaceAll("\r\n", "")).not.toContain("\n");
  });
});

describe("a model that misbehaves", () => {
  const shown = async (answer: Step[], marked = "const mean = █\nexport {};\n", routes = [routeOf("a")]) => {
    const { open, clock, vendor, ledger, faults } = completionStage({ a: [answer] }, { routes });
    const asked = open(marked).ask({ isInvoked: true });
    await clock.advance(3_000);
    expect(vendor().closed()).toBe(1);
    expect(ledger.settled).toHaveLength(1);
    expect(faults).toEqual([]);
    return asked.picture();
  };

  it("and talks instead of completing shows nothing", async () => {
    const prose = "I'm sorry, but I cannot see what is missing here. Please share more of the file.";
    expect(await shown([text(prose), finish])).toBe("");
  });

  it("and writes the line again is shown from the cursor on", async () => {
    expect(await shown([text("const mean = sum(values);\nexport {};\n"), finish])).toBe(
      "const mean = ├sum(values);┤\nexport {};\n",
    );
  });

  it("and repeats itself without end is cut off", async () => {
    const endless: Step[] = Array.from({ length: 500 }, () => text("again(); again(); again();\n"));
    const picture = await shown([...endless, { type: "hang" }], "function f() {\n  █\n}\n");
    expect(picture.split("again();").length).toBeLessThan(8);
  });

  it("and writes NUL bytes never has them shown", async () => {
    expect(await shown([text("su\u0000m(values);"), finish])).not.toContain("\u0000");
  });

  it("and writes CRLF into an LF file has them mended", async () => {
    const picture = await shown([text("const a = 1;\r\n  return a;\r\n"), finish], "function one() {\n  █\n}\n");
    expect(picture).toContain("├const a = 1;\n  return a;┤");
  });
});

describe("a file of one long line", () => {
  it("is left alone, and asking by hand sends a part of it", async () => {
    const line = `var a=[${"1234567,".repeat(125_000)}█];`;
    const { open, clock, vendor } = completionStage({ a: [writes("0", 0)] });
    const editor = open(line);
    editor.ask();
    await clock.advance(1_000);
    expect(vendor().holes).toHaveLength(0);
    editor.ask({ isInvoked: true });
    await clock.advance(10);
    expect(vendor().holes[0]?.prefix.length).toBeLessThan(10_000);
  });
});

describe("a body with rules to keep to", () => {
  const body = `/**
 * Splits an amount so that the cents add up, whatever the shares are.
 * The first parts get the cents that are left over; a part of nothing gets none.
 * A negative amount is split as its opposite is, and then negated.
 */
export function split(amount: number, parts: number[]): number[] {
  █
}
`;
  const routes = [routeOf("a", { fim: "suffix" }), routeOf("best", { tier: "frontier" })];
  const scripts = { a: [writes("return cheap;")], best: [writes("return good;")] };
  const ask = async (
    isInvoked: boolean,
    configuration: Record<string, unknown> = {},
    given = scripts,
    marked = body,
  ) => {
    const stage = completionStage(given, { routes, configuration });
    const asked = stage.open(marked).ask({ isInvoked });
    await stage.clock.advance(3_000);
    return { ...stage, line: /├.*┤/.exec(asked.picture())?.[0] };
  };

  it("goes to the frontier when it is asked for by hand, and its record says why", async () => {
    const { line, audited, ledger } = await ask(true);
    expect(line).toBe("├return good;┤");
    expect(ledger.reserved).toHaveLength(1);
    const [record] = audited;
    expect(record).toMatchObject({
      kind: "completion",
      route: { providerId: "best", tier: "frontier" },
      state: "done",
    });
    expect(record?.why).toMatch(/^3 lines of comment to keep to, .*: worth a frontier model; asked in chat, about \$/);
    expect(record?.classification).toMatchObject({ tier: "frontier", features: { doc: 0.5, body: 1 } });
    expect(record?.plan.map(({ providerId }) => providerId)).toEqual(["best", "a"]);
  });

  it("stays with the cheap tier while one types, and its record says how hard it was", async () => {
    const { line, audited } = await ask(false);
    expect(line).toBe("├return cheap;┤");
    expect(audited).toMatchObject([
      {
        route: { providerId: "a" },
        classification: { tier: "frontier" },
        leftOut: [{ providerId: "best", reason: "not a cheap model" }],
      },
    ]);
  });

  it("stays there when the person keeps to it, and where the place is simple", async () => {
    expect((await ask(true, { mode: "cheap" })).line).toBe("├return cheap;┤");
    expect((await ask(true, {}, scripts, "const x = █\n")).audited).toMatchObject([
      { route: { providerId: "a" }, classification: { tier: "cheap" } },
    ]);
  });

  it("comes from the cheap tier when the frontier fails", async () => {
    const { line, audited } = await ask(true, {}, { ...scripts, best: [fails(refused)] });
    expect(line).toBe("├return cheap;┤");
    expect(audited).toMatchObject([{ route: { providerId: "a" }, state: "done" }]);
  });
});
