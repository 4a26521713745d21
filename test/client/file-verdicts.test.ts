import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TextDocument } from "vscode";
import { createFileVerdicts } from "../../client/file-verdicts.ts";
import type { Ignored } from "../../shared/may-send.ts";
import { documentOf, EventEmitter, editor, events, reset, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));
vi.mock("../../client/real-path.ts", () => ({ realPath: async () => null }));

beforeEach(() => {
  reset();
  editor.folders = [{ uri: Uri.file("/w"), name: "w" }];
});

function scene(ignored: (path: string) => Ignored | Promise<Ignored> = () => false) {
  let nowMs = 0;
  let asked = 0;
  let made = 0;
  const changed = new EventEmitter<void>();
  const files = createFileVerdicts({
    ignore() {
      made += 1;
      return {
        async ignores(uri) {
          asked += 1;
          return ignored(uri.path);
        },
        onChange: changed.event as never,
      };
    },
    now: () => nowMs,
  });
  let changes = 0;
  files.onChange(() => {
    changes += 1;
  });
  return {
    files,
    changed,
    counts: () => ({ asked, made, changes }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    open: (path: string) => documentOf(`file:///w/${path}`, "") as unknown as TextDocument,
  };
}

describe("the verdict on a file", () => {
  it("is unknown until it was looked at, then known without looking again", async () => {
    const { files, counts, open } = scene();
    const document = open("a.ts");
    expect(files.known(document)).toEqual({ state: "unknown" });
    expect(counts()).toEqual({ asked: 0, made: 0, changes: 0 });
    const [one, other] = await Promise.all([files.judge(document), files.judge(document)]);
    expect([one, other]).toEqual([{ state: "ok" }, { state: "ok" }]);
    expect(files.known(document)).toEqual({ state: "ok" });
    await files.judge(document);
    expect(counts()).toEqual({ asked: 1, made: 1, changes: 1 });
  });

  it("is thrown away when an ignore file changes, even while it is being found", async () => {
    let ignored = false;
    let release = (): void => {};
    const { files, changed, open } = scene(async () => {
      const before = ignored;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return before;
    });
    const document = open("a.ts");
    const stale = files.judge(document);
    await new Promise<void>((resolve) => setImmediate(resolve));
    ignored = true;
    changed.fire();
    release();
    expect(await stale).toEqual({ state: "unknown" });
    expect(files.known(document)).toEqual({ state: "unknown" });
    const fresh = files.judge(document);
    await new Promise<void>((resolve) => setImmediate(resolve));
    release();
    expect(await fresh).toEqual({ state: "no", why: "file ignored" });
  });

  it("is asked for again after five seconds when it could not be told, and kept in until then", async () => {
    let known = false;
    const { files, pass, open } = scene(() => {
      if (!known) throw new Error("unplugged");
      return false;
    });
    const document = open("a.ts");
    expect(await files.judge(document)).toEqual({ state: "no", why: "ignore file unreadable" });
    known = true;
    expect(files.known(document).state).toBe("no");
    pass(5_000);
    expect(files.known(document).state).toBe("unknown");
    expect(await files.judge(document)).toEqual({ state: "ok" });
  });

  it("ends with the document: one that is opened again is looked at again", async () => {
    const { files, open } = scene();
    const document = open("a.ts");
    await files.judge(document);
    events.closed.fire(document as never);
    expect(files.known(document)).toEqual({ state: "unknown" });
  });

  it("ends with a save, and with a text that came from the disk, but not with a letter", async () => {
    let ignored = false;
    const { files, counts, open } = scene(() => ignored);
    const document = open("a.ts");
    await files.judge(document);
    ignored = true;
    events.text.fire({ document: Object.assign(document, { isDirty: true }) as never });
    expect(files.known(document)).toEqual({ state: "ok" });
    events.saved.fire(document as never);
    expect(files.known(document)).toEqual({ state: "unknown" });
    expect(counts().changes).toBe(2);
    expect(await files.judge(document)).toEqual({ state: "no", why: "file ignored" });
    ignored = false;
    events.text.fire({ document: Object.assign(document, { isDirty: false }) as never });
    expect(files.known(document)).toEqual({ state: "unknown" });
    // Nothing is known of it any more, so that there is nothing to tell.
    const { changes } = counts();
    events.saved.fire(document as never);
    expect(counts().changes).toBe(changes);
  });

  it("on a cell ends with the notebook's save, and not with a letter, which leaves a cell as it was", async () => {
    const { files, counts } = scene();
    const cell = documentOf("vscode-notebook-cell:/w/a.ipynb#1", "1");
    editor.notebooks = [{ uri: Uri.file("/w/a.ipynb"), getCells: () => [{ index: 0, document: cell }] }];
    const document = cell as unknown as TextDocument;
    await files.judge(document);
    events.text.fire({ document: cell });
    expect(files.known(document)).toEqual({ state: "ok" });
    events.savedNotebook.fire({ getCells: () => [{ document: cell }] });
    expect(files.known(document)).toEqual({ state: "unknown" });
    expect(counts().changes).toBe(2);
  });

  it("is the newer one for whoever waited while the document was saved", async () => {
    const released: (() => void)[] = [];
    const { files, open } = scene(() => new Promise((resolve) => released.push(() => resolve(false))));
    const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
    const document = open("a.ts");
    const early = files.judge(document);
    await tick();
    events.saved.fire(document as never);
    const late = files.judge(document);
    await tick();
    for (const release of released) release();
    expect(await Promise.all([early, late])).toEqual([{ state: "ok" }, { state: "ok" }]);
  });

  it("says no to secrets and to what is no file, and yes to what was never saved", async () => {
    const { files, open } = scene();
    expect(await files.judge(open(".env"))).toEqual({ state: "no", why: "secret file" });
    const output = documentOf("output:wayfare", "") as unknown as TextDocument;
    expect(await files.judge(output)).toEqual({ state: "no", why: "not a file" });
    const untitled = documentOf("untitled:Untitled-1", "") as unknown as TextDocument;
    expect(await files.judge(untitled)).toEqual({ state: "ok" });
  });
});
