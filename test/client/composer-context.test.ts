import { beforeEach, describe, expect, it, vi } from "vitest";
import { createComposerContext } from "../../client/composer-context.ts";
import { createWorkspaceIgnore } from "../../client/workspace-ignore.ts";
import type { ContextChip } from "../../shared/answer.ts";
import {
  documentOf,
  editor,
  events,
  Position,
  Range,
  reset,
  TabInputText,
  TabInputWebview,
  Uri,
} from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));
// The files here are on no disk; links are in judge-document.test.ts.
vi.mock("../../client/real-path.ts", () => ({ realPath: async () => null }));

beforeEach(() => {
  reset();
  editor.folders = [{ uri: Uri.file("/w/project"), name: "project" }];
});

function oneIgnore() {
  const ignore = createWorkspaceIgnore();
  return () => ignore;
}

function open(uri: string, text: string, selected?: [firstLine: number, lastLine: number]): void {
  editor.document = documentOf(uri, text);
  const lines = text.split("\n");
  const at = (line: number, character: number) => new Position(line - 1, character);
  editor.selection =
    selected === undefined
      ? new Range(at(1, 0), at(1, 0))
      : new Range(at(selected[0], 0), at(selected[1], (lines[selected[1] - 1] ?? "").length));
}

async function chips(): Promise<string[]> {
  const context = createComposerContext(oneIgnore());
  await context.gather([]);
  const seen = context
    .chips()
    .map(({ chip, refused }) =>
      [`${chip.kind} ${chip.path}:${chip.firstLine}-${chip.lastLine}`, ...(refused === null ? [] : [refused])].join(
        ": ",
      ),
    );
  context.dispose();
  return seen;
}

describe("the chips above the question", () => {
  it("are the file in the editor, by its path in the workspace", async () => {
    open("file:///w/project/src/a.ts", "one\ntwo");
    expect(await chips()).toEqual(["file src/a.ts:1-2"]);
  });

  it("are the file and the selection, when one is made", async () => {
    open("file:///w/project/src/a.ts", "one\ntwo\nthree", [2, 3]);
    expect(await chips()).toEqual(["file src/a.ts:1-3", "selection src/a.ts:2-3"]);
  });

  it("leave out a line that the selection ends before", async () => {
    open("file:///w/project/a.ts", "one\ntwo\nthree");
    editor.selection = new Range(new Position(0, 0), new Position(2, 0));
    expect((await chips())[1]).toBe("selection a.ts:1-2");
  });

  it("are the selection alone in a large file, which costs by the token", async () => {
    open("file:///w/project/a.ts", `one\n${"x".repeat(30_000)}`, [1, 1]);
    expect(await chips()).toEqual(["selection a.ts:1-1"]);
  });

  it.each([
    ["an untitled file", "untitled:Untitled-1", "file Untitled-1:1-1"],
    ["a file of a remote window", "vscode-remote://ssh+box/w/other/b.ts", "file b.ts:1-1"],
    ["a file of a virtual folder", "vscode-vfs://github/o/r/c.ts", "file c.ts:1-1"],
    ["a file outside the workspace, without its folders", "file:///home/ada/private/notes.txt", "file notes.txt:1-1"],
  ])("are there for %s", async (_name, uri, chip) => {
    open(uri, "text");
    expect(await chips()).toEqual([chip]);
  });

  it("keep the file while a page of ours is in front of it, and no longer than it has a tab", async () => {
    open("file:///w/project/src/a.ts", "one\ntwo");
    const context = createComposerContext(oneIgnore());
    const seen = async () => {
      await context.gather([]);
      return context.chips().map(({ chip }) => chip.path);
    };
    const file = { input: new TabInputText(Uri.parse("file:///w/project/src/a.ts")) };
    editor.document = null;
    editor.tabs = [{ input: new TabInputWebview("mainThreadWebview-wayfare.costs") }, file];
    expect(await seen()).toEqual(["src/a.ts"]);
    editor.tabs = [{ input: new TabInputWebview("mainThreadWebview-markdown.preview") }, file];
    expect(await seen()).toEqual([]);
    editor.tabs = [{ input: new TabInputWebview("mainThreadWebview-wayfare.costs") }];
    expect(await seen()).toEqual([]);
    context.dispose();
  });

  it("are not looked for before the chat is opened, whatever tabs come and go", async () => {
    vi.useFakeTimers();
    open("file:///w/project/src/a.ts", "one\ntwo");
    const context = createComposerContext(oneIgnore());
    events.tabs.fire();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(context.chips()).toEqual([]);
    context.begin();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(context.chips()).toHaveLength(1);
    context.dispose();
    vi.useRealTimers();
  });

  function openCell(notebook: string): void {
    open(notebook.replace("file://", "vscode-notebook-cell:"), "print(1)");
    const cell = editor.document;
    if (cell !== null)
      editor.notebooks = [{ uri: Uri.parse(notebook), getCells: () => [{ index: 2, document: cell }] }];
  }

  it("name the cell of a notebook", async () => {
    openCell("file:///w/project/lab/n.ipynb");
    expect(await chips()).toEqual(["file lab/n.ipynb#cell-3:1-1"]);
  });

  it("keep a cell in when an ignore file names its notebook", async () => {
    editor.files.set("file:///w/project/.gitignore", "lab/\n");
    openCell("file:///w/project/lab/n.ipynb");
    expect(await chips()).toEqual(["file lab/n.ipynb#cell-3:1-1: an ignore file of the workspace names it"]);
  });

  it.each(["gitlens:/w/project/dist/a.js", "pr:/w/project/dist/a.js", "local-history://x/w/project/dist/a.js"])(
    "keep an earlier state of a file in when an ignore file names the file: %s",
    async (uri) => {
      editor.schemesWithoutFiles = ["pr"];
      editor.files.set("file:///w/project/.gitignore", "dist/\n");
      open(uri, "x");
      expect(await chips()).toEqual(["file a.js:1-1: an ignore file of the workspace names it"]);
    },
  );

  it("are there for what an extension shows that lies on no file system", async () => {
    editor.schemesWithoutFiles = ["jdt"];
    open("jdt://contents/rt.jar/String.class", "class String {}");
    editor.unreadable.set("jdt://contents/rt.jar/.gitignore", "ENOPRO");
    expect(await chips()).toEqual(["file String.class:1-1"]);
  });

  it.each(["output:wayfare", "git:/w/project/a.ts", "vscode-settings:/x", "comment:1"])(
    "are none for %s",
    async (uri) => {
      open(uri, "text");
      expect(await chips()).toEqual([]);
    },
  );

  it("say why a file will not be sent: ignored, secret, too large, binary, not trusted", async () => {
    editor.files.set("file:///w/project/.gitignore", "dist/\n");
    open("file:///w/project/dist/a.js", "x");
    expect(await chips()).toEqual(["file dist/a.js:1-1: an ignore file of the workspace names it"]);
    open("file:///w/project/.env.local", "KEY=1");
    expect(await chips()).toEqual(["file .env.local:1-1: it may hold secrets"]);
    open("file:///w/project/big.json", "x".repeat(5_000_000));
    expect(await chips()).toEqual([
      "file big.json:1-1: it has 5.0 MB, and a question takes up to 400 kB. Select the part you mean.",
    ]);
    open("file:///w/project/a.bin", "MZ\0\0");
    expect(await chips()).toEqual(["file a.bin:1-1: it is not a text"]);
    editor.isTrusted = false;
    open("file:///w/project/a.ts", "x");
    expect(await chips()).toEqual(["file a.ts:1-1: the workspace is not trusted"]);
  });

  it("say that a file is not sent while its ignore file cannot be read", async () => {
    editor.unreadable.set("file:///w/project/.gitignore", "NoPermissions");
    open("file:///w/project/a.ts", "x");
    expect(await chips()).toEqual(["file a.ts:1-1: its ignore file cannot be read"]);
  });

  it("follow the rules above a workspace folder up to the root of its repository, and no further", async () => {
    editor.files.set("file:///w/.gitignore", "*.ts\n");
    editor.files.set("file:///.gitignore", "*.md\n");
    editor.files.set("file:///w/.git/HEAD", "ref");
    open("file:///w/project/a.ts", "x");
    expect((await chips())[0]).toContain("an ignore file of the workspace names it");
    open("file:///w/project/a.md", "x");
    expect(await chips()).toEqual(["file a.md:1-1"]);
  });
});

describe("the context of a question", () => {
  it("is what the chips named, as it is when the question is sent", async () => {
    open("file:///w/project/a.ts", "old text");
    editor.diagnostics.set("file:///w/project/a.ts", [
      { severity: 0, range: new Range(new Position(0, 0), new Position(0, 3)), message: "broken" },
      { severity: 3, range: new Range(new Position(0, 0), new Position(0, 3)), message: "a hint is no problem" },
    ]);
    const context = createComposerContext(oneIgnore());
    await context.gather([]);
    const ids = context.chips().map(({ id }) => id);
    open("file:///w/project/a.ts", "new text");
    expect(await context.gather(ids)).toEqual([
      {
        kind: "file",
        path: "a.ts",
        languageId: "typescript",
        text: "new text",
        firstLine: 1,
        lastLine: 1,
        diagnostics: [{ severity: "error", line: 1, message: "broken" }],
      },
    ]);
    expect(await context.gather([])).toEqual([]);
    context.dispose();
  });

  it("leaves out a chip that was taken off, until it is brought back", async () => {
    open("file:///w/project/a.ts", "x", [1, 1]);
    const context = createComposerContext(oneIgnore());
    await context.gather([]);
    const fileId = context.chips()[0]?.id ?? "";
    context.remove(fileId);
    expect(context.chips().map(({ chip }) => chip.kind)).toEqual(["selection"]);
    expect(context.hasRemoved()).toBe(true);
    context.restore();
    expect(context.chips().map(({ chip }) => chip.kind)).toEqual(["file", "selection"]);
    context.dispose();
  });

  it("is read again by its path for another try; a file that is gone is left out", async () => {
    editor.files.set("file:///w/project/src/a.ts", "one\ntwo");
    const context = createComposerContext(oneIgnore());
    const chip: ContextChip = {
      kind: "selection",
      path: "src/a.ts",
      languageId: "typescript",
      diagnostics: [],
      firstLine: 2,
      lastLine: 9,
    };
    const again = await context.gatherAgain(chip);
    expect([again?.text, again?.lastLine]).toEqual(["two", 2]);
    expect(await context.gatherAgain({ ...chip, path: "src/gone.ts" })).toBeNull();
    expect(await context.gatherAgain({ ...chip, path: "../outside.ts" })).toBeNull();
    context.dispose();
  });

  it("is the same file again, and never another one of that name", async () => {
    const context = createComposerContext(oneIgnore());
    const chipOf = async (uri: string, text: string) => {
      editor.files.set(uri, text);
      open(uri, text);
      await context.gather([]);
      const chip = context.chips()[0]?.chip;
      if (chip === undefined) throw new Error("There is no chip.");
      return chip;
    };
    const ofAda = await chipOf("file:///home/ada/notes.txt", "of Ada");
    const ofBob = await chipOf("file:///home/bob/notes.txt", "of Bob");
    const inside = await chipOf("file:///w/project/notes.txt", "of the project");
    expect([ofAda, ofBob, inside].map(({ path }) => path)).toEqual(["notes.txt", "notes.txt", "notes.txt"]);
    const texts = async () =>
      (await Promise.all([ofAda, ofBob, inside].map(context.gatherAgain))).map((item) => item?.text);
    expect(await texts()).toEqual(["of Ada", "of Bob", "of the project"]);
    expect((await context.find(ofBob))?.toString()).toBe("file:///home/bob/notes.txt");
    context.dispose();

    // Another window knows what is in the workspace, and of what lay outside nothing but a name.
    const later = createComposerContext(oneIgnore());
    expect((await later.gatherAgain(inside))?.text).toBe("of the project");
    expect(await later.gatherAgain(ofAda)).toBeNull();
    expect(await later.find(ofAda)).toBeNull();
    later.dispose();
  });

  it("is left out when folders of the workspace leave open which file it was", async () => {
    editor.folders = [
      { uri: Uri.file("/w/one/app"), name: "app" },
      { uri: Uri.file("/w/two/app"), name: "app" },
    ];
    const chip: ContextChip = {
      kind: "file",
      path: "app/a.ts",
      languageId: "typescript",
      diagnostics: [],
      firstLine: 1,
      lastLine: 1,
    };
    editor.files.set("file:///w/one/app/a.ts", "one");
    const context = createComposerContext(oneIgnore());
    expect((await context.gatherAgain(chip))?.text).toBe("one");
    expect(await context.gatherAgain({ ...chip, path: "a.ts" })).toBeNull();
    editor.files.set("file:///w/two/app/a.ts", "two");
    expect(await context.gatherAgain(chip)).toBeNull();
    context.dispose();
  });

  it("looks at nothing before it begins, and follows the editor after a pause once it has", async () => {
    vi.useFakeTimers();
    try {
      const context = createComposerContext(oneIgnore());
      let changes = 0;
      context.onChange(() => {
        changes += 1;
      });
      open("file:///w/project/a.ts", "x");
      events.activeEditor.fire(undefined);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(context.chips()).toEqual([]);
      context.begin();
      await vi.advanceTimersByTimeAsync(0);
      expect([context.chips().length, changes]).toEqual([1, 1]);
      open("file:///w/project/a.ts", "x", [1, 1]);
      for (let times = 0; times < 50; times += 1) events.selection.fire(undefined);
      expect(changes).toBe(1);
      await vi.advanceTimersByTimeAsync(200);
      expect([context.chips().length, changes]).toEqual([2, 2]);
      context.dispose();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the texts that would go along", () => {
  it("are the same array until one of them changes, and then whoever prices them is told", async () => {
    open("file:///w/project/a.ts", "one\ntwo", [1, 1]);
    const context = createComposerContext(oneIgnore());
    let told = 0;
    let chipsChanged = 0;
    context.onItems(() => {
      told += 1;
    });
    context.onChange(() => {
      chipsChanged += 1;
    });
    await context.gather([]);
    const before = context.items();
    expect(before.map(({ kind, text }) => [kind, text])).toEqual([
      ["file", "one\ntwo"],
      ["selection", "one"],
    ]);
    await context.gather([]);
    expect(context.items()).toBe(before);
    expect([told, chipsChanged]).toEqual([1, 1]);

    // The chips look as before.
    open("file:///w/project/a.ts", "one\n2", [1, 1]);
    await context.gather([]);
    expect(context.items()[0]?.text).toBe("one\n2");
    expect([told, chipsChanged]).toEqual([2, 1]);

    context.remove("file:file:///w/project/a.ts");
    await context.gather([]);
    expect(context.items().map(({ kind }) => kind)).toEqual(["selection"]);
    context.dispose();
  });

  it("leave out what may not be sent", async () => {
    open("file:///w/project/.env", "KEY=1");
    const context = createComposerContext(oneIgnore());
    await context.gather([]);
    expect(context.items()).toEqual([]);
    context.dispose();
  });
});
