import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { editorParts, parseEditorSet, readEditorPart, verdictOf } from "../../bench/routing/editor-set.ts";

const parts = { train: readEditorPart("train"), test: readEditorPart("test") };

/** How many requests of each kind a part has: `cheap/frontier/disputed`. */
function countsOf(part: "train" | "test"): Record<string, string> {
  const kinds = [...new Set(parts[part].map(({ kind }) => kind))].sort();
  return Object.fromEntries(
    kinds.map((kind) => {
      const verdicts = parts[part].filter((each) => each.kind === kind).map(verdictOf);
      const count = (wanted: string) => verdicts.filter((each) => each === wanted).length;
      return [kind, `${count("cheap")}/${count("frontier")}/${count("disputed")}`];
    }),
  );
}

describe("the editor set", () => {
  it("is split by two thirds and one third within each kind and label", () => {
    expect(countsOf("train")).toEqual({
      chat: "23/10/0",
      commit: "14/3/0",
      completion: "48/19/0",
      edit: "18/7/2",
      fix: "32/8/0",
      test: "27/5/1",
    });
    expect(countsOf("test")).toEqual({
      chat: "12/5/0",
      commit: "7/1/0",
      completion: "24/9/0",
      edit: "9/4/0",
      fix: "16/4/0",
      test: "13/3/1",
    });
  });

  it("has every often used language in both parts", () => {
    const often = ["c", "cpp", "csharp", "go", "java", "javascript", "python", "rust", "sql", "typescript"];
    for (const part of editorParts) {
      const seen = new Set(
        parts[part].map((each) => (each.kind === "completion" ? each.cursor : each.context[0])?.languageId),
      );
      expect(often.filter((each) => !seen.has(each))).toEqual([]);
    }
  });

  it("keeps each family in one part, and each id once", () => {
    const trained = new Set(parts.train.map(({ family }) => family));
    expect(parts.test.filter(({ family }) => trained.has(family)).map(({ id }) => id)).toEqual([]);
    const ids = [...parts.train, ...parts.test].map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([325, 325]);
    const perKind = new Map<string, number>();
    for (const { kind } of [...parts.train, ...parts.test]) perKind.set(kind, (perKind.get(kind) ?? 0) + 1);
    expect(Object.fromEntries(perKind)).toEqual({ chat: 50, edit: 40, fix: 60, test: 50, commit: 25, completion: 100 });
  });

  it("has two readers' labels on every request, with their reasons", () => {
    const without = [...parts.train, ...parts.test].filter(({ labels }) => labels.some(({ why }) => why.trim() === ""));
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});

describe("reading it", () => {
  const request = (changes: object): string =>
    JSON.stringify({
      id: "chat-001",
      family: "hello",
      kind: "chat",
      question: "why?",
      context: [],
      history: [],
      labels: [
        { label: "cheap", sure: 3, why: "short" },
        { label: "cheap", sure: 2, why: "short" },
      ],
      ...changes,
    });

  it.each([
    ["no JSON", "{", /^a\.jsonl:2 the line: not JSON/],
    ["a label too few", request({ labels: [{ label: "cheap", sure: 3, why: "" }] }), /^a\.jsonl:2 labels: /],
    [
      "a label that is none",
      request({ labels: [1, { label: "local", sure: 3, why: "" }] }),
      /^a\.jsonl:2 labels\[0\]: .*\na\.jsonl:2 labels\[1\]\.label: /,
    ],
    ["a context that is no list", request({ context: {} }), /^a\.jsonl:2 context: /],
    ["a field nobody knows", request({ hint: "cheap" }), /^a\.jsonl:2 the line: .*hint/],
    ["a completion without a cursor", request({ kind: "completion", question: "" }), /^a\.jsonl:2 cursor: /],
    [
      "a cursor without its mark",
      request({ kind: "completion", question: "", cursor: { languageId: "go", text: "package a" } }),
      /^a\.jsonl:2 cursor\.text: needs one ‸ and no more$/,
    ],
    ["an id twice", request({}), /^a\.jsonl:2 id: chat-001 is that of line 1, too$/],
  ])("names file, line and field of %s", (_, line, expected) => {
    expect(() => parseEditorSet(`${request({})}\n${line}\n`, "a.jsonl")).toThrow(expected);
  });

  it("reads a folder of one's own", () => {
    const folder = mkdtempSync(join(tmpdir(), "editor-set-"));
    writeFileSync(join(folder, "test.jsonl"), `\n${request({})}\n\n`);
    expect(readEditorPart("test", folder).map(({ id }) => id)).toEqual(["chat-001"]);
    expect(() => readEditorPart("train", folder)).toThrow(/train\.jsonl/);
  });
});
