import { describe, expect, it } from "vitest";
import { type DocumentFacts, gatherFile, gatherSelection } from "../../client/gather-context.ts";

function documentOf(text: string, over: Partial<DocumentFacts> = {}): DocumentFacts {
  const lines = text.split("\n");
  return {
    path: "src/a.ts",
    outside: null,
    fullPaths: ["/home/ada/project/src/a.ts"],
    languageId: "typescript",
    lineCount: lines.length,
    sizeCharacters: text.length,
    read: (range) => (range === null ? text : lines.slice(range.firstLine - 1, range.lastLine).join("\n")),
    diagnostics: [],
    trusted: true,
    ignored: false,
    ...over,
  };
}
const refusal = (document: DocumentFacts) => {
  const gathered = gatherFile(document);
  return gathered.ok ? null : gathered.why;
};

describe("gathering context", () => {
  it("takes the whole of a file, or the lines of a selection, with the problems that lie in them", () => {
    const document = documentOf("one\ntwo\nthree\nfour", {
      diagnostics: [
        { severity: "error", firstLine: 1, lastLine: 1, message: "first" },
        { severity: "warning", firstLine: 2, lastLine: 3, message: "reaches in" },
        { severity: "error", firstLine: 4, lastLine: 4, message: "after" },
      ],
    });
    const file = gatherFile(document);
    expect(file.ok && [file.item.kind, file.item.text, file.item.firstLine, file.item.lastLine]).toEqual([
      "file",
      "one\ntwo\nthree\nfour",
      1,
      4,
    ]);
    expect(file.ok && file.item.diagnostics).toHaveLength(3);
    expect(gatherSelection(document, { firstLine: 3, lastLine: 3 })).toEqual({
      ok: true,
      item: {
        kind: "selection",
        path: "src/a.ts",
        languageId: "typescript",
        text: "three",
        firstLine: 3,
        lastLine: 3,
        diagnostics: [{ severity: "warning", line: 2, message: "reaches in" }],
      },
    });
  });

  it("refuses a 5 MB file without reading it, and says what can be sent instead", () => {
    const document = documentOf("", {
      sizeCharacters: 5_000_000,
      read: () => {
        throw new Error("was read");
      },
    });
    expect(refusal(document)).toBe("it has 5.0 MB, and a question takes up to 400 kB. Select the part you mean.");
  });

  it("refuses a selection that is too large", () => {
    const gathered = gatherSelection(documentOf("x".repeat(600_000)), { firstLine: 1, lastLine: 1 });
    expect(gathered.ok ? null : gathered.why).toBe(
      "the selection has 600 kB, and a question takes up to 400 kB. Select less.",
    );
  });

  it("takes a selection of a file that is too large as a whole", () => {
    const document = documentOf(`first\n${"x".repeat(600_000)}`);
    expect(gatherSelection(document, { firstLine: 1, lastLine: 1 }).ok).toBe(true);
  });

  it.each([
    ["bytes", "\u007fELF\0\0\0", "it is not a text"],
    ["broken characters", "\uFFFD".repeat(200), "it is not a text"],
  ])("refuses %s", (_name, text, why) => {
    expect(refusal(documentOf(text))).toBe(why);
  });

  it("takes a text with a stray broken character", () => {
    expect(refusal(documentOf(`caf\uFFFD ${"x".repeat(100)}`))).toBeNull();
  });

  it("refuses secrets by the path that is shown and by the whole one, ignored files, and all in Restricted Mode", () => {
    expect(refusal(documentOf("A=1", { path: ".env", fullPaths: ["/p/.env"] }))).toBe("it may hold secrets");
    expect(refusal(documentOf("Host x", { path: "config", fullPaths: ["/home/ada/.ssh/config"] }))).toBe(
      ".ssh may hold secrets",
    );
    expect(refusal(documentOf("x", { ignored: true }))).toBe("an ignore file of the workspace names it");
    expect(refusal(documentOf("x", { trusted: false }))).toBe("the workspace is not trusted");
  });

  it("shows the chip of what it refuses", () => {
    const gathered = gatherFile(documentOf("x", { ignored: true }));
    expect(gathered.ok ? null : gathered.chip).toEqual({
      kind: "file",
      path: "src/a.ts",
      languageId: "typescript",
      firstLine: 1,
      lastLine: 1,
      diagnostics: [],
    });
  });
});
