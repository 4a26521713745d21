import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOffers, type Offers, stillFits } from "../../../server/core/reuse-completion.ts";

const uri = "file:///a.ts";
const split = (file: string) => {
  const [prefix = "", suffix = ""] = file.split("‸");
  return { prefix, suffix };
};
/** ‸ is the cursor. */
function remember(offers: Offers, file: string, text: string, id = "one") {
  offers.remember({ uri, ...split(file), text, id });
}
function offersWith(file: string, text: string): Offers {
  const offers = createOffers({ most: 10 });
  remember(offers, file, text);
  return offers;
}
const find = (offers: Offers, file: string) => offers.find({ uri, ...split(file) });

describe("an offer", () => {
  const offers = offersWith("const a = ‸\nfoo();\n", "compute(first);");

  it("is found where it was made", () => {
    expect(find(offers, "const a = ‸\nfoo();\n")).toEqual({ id: "one", text: "compute(first);", replaces: 0 });
  });

  it("is found while it is typed along", () => {
    expect(find(offers, "const a = c‸\nfoo();\n")?.text).toBe("ompute(first);");
    expect(find(offers, "const a = compute‸\nfoo();\n")?.text).toBe("(first);");
  });

  it("is found when some of it, or of what it continued, is deleted again", () => {
    expect(find(offers, "const a = comp‸\nfoo();\n")?.text).toBe("ute(first);");
    expect(find(offers, "const a = co‸\nfoo();\n")?.text).toBe("mpute(first);");
    expect(find(offers, "const a ‸\nfoo();\n")?.text).toBe("= compute(first);");
  });

  it("is found inside what was accepted of it", () => {
    expect(find(offers, "const a = compute(‸\nfoo();\n")?.text).toBe("first);");
    expect(find(offers, "const a = compute(first)‸\nfoo();\n")?.text).toBe(";");
  });

  it("has nothing left when all of it stands there", () => {
    expect(find(offers, "const a = compute(first);‸\nfoo();\n")).toBeNull();
  });

  it("is not found where something else was typed", () => {
    expect(find(offers, "const a = d‸\nfoo();\n")).toBeNull();
    expect(find(offers, "const b = ‸\nfoo();\n")).toBeNull();
    expect(find(offers, "const a = ‸\nbar();\n")).toBeNull();
    expect(find(offers, "const a = ‸ \nfoo();\n")).toBeNull();
    expect(find(offers, "‸const a = \nfoo();\n")).toBeNull();
  });

  it("belongs to its file", () => {
    expect(offers.find({ uri: "file:///b.ts", ...split("const a = ‸\nfoo();\n") })).toBeNull();
  });

  it("does not come back over a line that was deleted", () => {
    const below = offersWith("const a = 1;\n‸", "foo();");
    expect(find(below, "const a = 1;‸")).toBeNull();
  });
});

describe("brackets and quotes the editor closes by itself", () => {
  it("are the offer's own at its end", () => {
    const offers = offersWith("foo‸\n", "(first, second)");
    expect(find(offers, "foo(‸)\n")).toEqual({ id: "one", text: "first, second", replaces: 0 });
    expect(find(offers, "foo(fi‸)\n")).toEqual({ id: "one", text: "rst, second", replaces: 0 });
  });

  it("are replaced where the offer goes on behind them", () => {
    const offers = offersWith("if ‸\n", "(a > 1) {");
    expect(find(offers, "if (‸)\n")).toEqual({ id: "one", text: "a > 1) {", replaces: 1 });
    const print = offersWith("‸\n", 'print("hello", [1])');
    expect(find(print, 'print("h‸")\n')).toEqual({ id: "one", text: 'ello", [1])', replaces: 2 });
  });

  it("typed over are typed along", () => {
    const offers = offersWith("if ‸\n", "(a) {");
    expect(find(offers, "if (a)‸\n")).toEqual({ id: "one", text: " {", replaces: 0 });
  });

  it("that the offer does not close do not fit it", () => {
    expect(find(offersWith("foo‸\n", "(first,"), "foo(‸)\n")).toBeNull();
    expect(find(offersWith("foo‸\n", "(first)"), "foo(‸]\n")).toBeNull();
    expect(find(offersWith("foo‸\n", ".first()"), "foo.‸)\n")).toBeNull();
  });

  it("and the editor put on lines of their own stay there", () => {
    const offers = offersWith("‸\n", "if (a) {\n  go();\n}");
    expect(find(offers, "if (a) {\n  ‸\n}\n")).toEqual({ id: "one", text: "go();", replaces: 0 });
    expect(find(offers, "if (a) {\n  g‸\n}\n")).toEqual({ id: "one", text: "o();", replaces: 0 });
    const crlf = offersWith("‸\r\n", "f(() => {\r\n  go();\r\n}, 100);");
    expect(find(crlf, "f(() => {\r\n  ‸\r\n})\r\n")).toEqual({ id: "one", text: "go();", replaces: 0 });
    const spaced = offersWith("‸\n", "import { one } from 'two';");
    expect(find(spaced, "import {‸ }\n")).toEqual({ id: "one", text: " one } from 'two';", replaces: 2 });
  });

  it("on other lines do not fit an offer that has something else there", () => {
    const offers = offersWith("‸\n", "if (a) {\n  go();\n}");
    expect(find(offers, "if (a) {\n  ‸\n]\n")).toBeNull();
    expect(find(offers, "if (a) {\n  ‸\n\n")).toBeNull();
    expect(find(offers, "if (a) {\n  go();‸\n}\n")).toBeNull();
    expect(find(offersWith("‸\n", "if (a) {\n  go();"), "if (a) {\n  ‸\n}\n")).toBeNull();
  });

  it("that leave nothing to insert are no offer", () => {
    expect(find(offersWith("foo‸\n", "()"), "foo(‸)\n")).toBeNull();
  });
});

describe("several offers", () => {
  it("give the one that was seen last", () => {
    const offers = offersWith("a‸", "bcd");
    remember(offers, "ab‸", "xyz", "two");
    expect(find(offers, "ab‸")?.id).toBe("two");
    expect(find(offers, "a‸")?.id).toBe("one");
    expect(find(offers, "ab‸")?.id).toBe("one");
  });

  it("prefer what was typed along to what was deleted", () => {
    const offers = offersWith("a‸", "bcd");
    remember(offers, "abx‸", "yz", "two");
    expect(find(offers, "ab‸")).toMatchObject({ id: "one", text: "cd" });
  });

  it("at one place are the newer one", () => {
    const offers = offersWith("a‸", "bcd");
    remember(offers, "a‸", "xyz", "two");
    expect(find(offers, "a‸")?.id).toBe("two");
    expect(find(offers, "ab‸")).toBeNull();
  });

  it("are as many as were asked for, those not seen for longest gone", () => {
    const offers = createOffers({ most: 2 });
    remember(offers, "a‸", "1", "a");
    remember(offers, "b‸", "2", "b");
    expect(find(offers, "a‸")?.id).toBe("a");
    remember(offers, "c‸", "3", "c");
    expect(find(offers, "b‸")).toBeNull();
    expect(find(offers, "a‸")?.id).toBe("a");
    expect(find(offers, "c‸")?.id).toBe("c");
  });

  it("of a file are forgotten with it", () => {
    const offers = offersWith("a‸", "bcd");
    offers.forget("file:///b.ts");
    expect(find(offers, "a‸")).not.toBeNull();
    offers.forget(uri);
    expect(find(offers, "a‸")).toBeNull();
  });
});

describe("in any document", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "(", ")", '"', "\n", " ", "😀"), { maxLength: 12 })
    .map((parts) => parts.join(""));

  it("what is found completes what the offer was", () => {
    fc.assert(
      fc.property(text, text, text, text, (prefix, suffix, offered, now) => {
        const offers = createOffers({ most: 1 });
        offers.remember({ uri, prefix, suffix, text: offered, id: "one" });
        const found = offers.find({ uri, prefix: now, suffix });
        if (found !== null) expect(now + found.text).toBe(prefix + offered);
      }),
      { numRuns: 3_000 },
    );
  });

  it("every part of an offer typed along leaves the rest", () => {
    fc.assert(
      fc.property(text, text, text, fc.nat(), (prefix, suffix, offered, count) => {
        const typed = offered.slice(0, offered.length === 0 ? 0 : count % offered.length);
        const offers = createOffers({ most: 1 });
        offers.remember({ uri, prefix, suffix, text: offered, id: "one" });
        const found = offers.find({ uri, prefix: prefix + typed, suffix });
        expect(found?.text ?? "").toBe(offered.slice(typed.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it("closers that the editor added give the same document in the end", () => {
    const code = fc.array(fc.constantFrom("a", ", ", "f(", "[", "]", ")", '"', " {"), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(code, fc.nat(), fc.constantFrom(")", "]", "}", '"', '")', "])"), (parts, count, closed) => {
        const offered = parts.join("");
        const typed = offered.slice(0, count % offered.length);
        const offers = offersWith("x = ‸\nnext();", offered);
        const found = offers.find({ uri, prefix: `x = ${typed}`, suffix: `${closed}\nnext();` });
        if (found === null) return;
        const whole = `x = ${typed}${found.text}${`${closed}\nnext();`.slice(found.replaces)}`;
        expect(whole).toBe(`x = ${offered}\nnext();`);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("a large document", () => {
  it("is neither kept nor compared whole", () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `const value${index} = compute(${index});\n`);
    const prefix = lines.slice(0, 5_000).join("");
    const suffix = lines.slice(5_000).join("");
    const offers = createOffers({ most: 100 });
    for (let index = 0; index < 100; index++) {
      offers.remember({ uri, prefix: `${prefix}${"x".repeat(index)}`, suffix, text: "yz", id: String(index) });
    }
    expect(offers.find({ uri, prefix: `${prefix}xxxy`, suffix })?.text).toBe("z");
    expect(offers.find({ uri, prefix: `${prefix}q`, suffix })).toBeNull();
  });
});

describe("a request under way", () => {
  const anchor = { anchorPrefix: "const a = ", anchorSuffix: "\nfoo();\n" };
  const fits = (file: string, textSoFar: string) => stillFits({ ...anchor, ...split(file), textSoFar });

  it("fits where it was sent, and while what it says is typed", () => {
    expect(fits("const a = ‸\nfoo();\n", "")).toBe(true);
    expect(fits("const a = comp‸\nfoo();\n", "compute(")).toBe(true);
    expect(fits("const a = compute(‸\nfoo();\n", "com")).toBe(true);
    expect(fits("const a = anything‸\nfoo();\n", "")).toBe(true);
  });

  it("does not fit when something else is typed, deleted or changed elsewhere", () => {
    expect(fits("const a = comq‸\nfoo();\n", "compute(")).toBe(false);
    expect(fits("const a =‸\nfoo();\n", "compute(")).toBe(false);
    expect(fits("const b = ‸\nfoo();\n", "")).toBe(false);
    expect(fits("const a = ‸\nbar();\n", "")).toBe(false);
    expect(fits(`const a = ${"x".repeat(500)}‸\nfoo();\n`, "")).toBe(false);
  });

  it("fits with what the editor closed", () => {
    expect(fits("const a = compute(‸)\nfoo();\n", "compute(first)")).toBe(true);
    expect(fits("const a = compute(‸]\nfoo();\n", "compute(first)")).toBe(false);
  });

  it("fits with what the editor closed on a line of its own", () => {
    expect(fits("const a = {\n  ‸\n}\nfoo();\n", "{\n  b: 1,")).toBe(true);
    expect(fits("const a = {\r\n  ‸\r\n}\nfoo();\n", "{")).toBe(true);
    expect(fits("const a = {\n  ‸\n]\nfoo();\n", "{\n  b: 1,")).toBe(false);
    expect(fits("const a = ‸ \nfoo();\n", "")).toBe(false);
  });

  it("is given time to say what a chat model says before its code", () => {
    for (const answer of [
      "Here is the code:\n```ts\ncompute(1)",
      "Sure! It is:\n\n```\ncompute(",
      "<think>hm\n</think>\nco",
    ]) {
      for (let end = 1; end <= answer.length; end += 1) {
        expect([answer.slice(0, end), fits("const a = comp‸\nfoo();\n", answer.slice(0, end))]).toEqual([
          answer.slice(0, end),
          true,
        ]);
      }
    }
    expect(fits("const a = comp‸\nfoo();\n", "Here is the code:\n```ts\nother")).toBe(false);
  });

  it("is compared without what a chat model puts around its code", () => {
    expect(fits("const a = comp‸\nfoo();\n", "```ts\ncompute(")).toBe(true);
    expect(fits("const a = comp‸\nfoo();\n", "```ts")).toBe(true);
    expect(fits("const a = comp‸\nfoo();\n", "const a = compute(")).toBe(true);
    expect(fits("const a = comp‸\nfoo();\n", "```ts\nother(")).toBe(false);
  });
});
