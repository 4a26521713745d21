import { beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../client/log.ts";
import { createLogDocument } from "../../client/log-document.ts";
import { editor, reset, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function logOver(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) editor.files.set(`file:///logs/wayfare/${name}`, text);
  const channel = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), show: vi.fn() };
  const due: (() => void)[] = [];
  const document = createLogDocument(Uri.file("/logs/wayfare") as never, (_, run) => due.push(run));
  const log = createLog(
    channel,
    (text) => text.replaceAll("sk-1", "…"),
    () => 0,
    document,
  );
  return { log, channel, due };
}

describe("Show Log", () => {
  it.each([
    ["there is no file", {}],
    ["its file is empty", { "Wayfare.log": "" }],
    ["the files are others'", { "notes.txt": "x" }],
  ])("opens the latest lines as a document when the channel shows nothing: %s", async (_, files) => {
    const { log, channel, due } = logOver(files);
    log.info("started with sk-1");
    log.show();
    await settle();
    expect(editor.documentsShown).toEqual(["1970-01-01T00:00:00.000Z info started with …\n"]);
    expect(channel.show).not.toHaveBeenCalled();
    expect(due).toHaveLength(0);
    // The open document follows, once for a burst.
    log.info("two");
    log.info("three");
    expect(due).toHaveLength(1);
  });

  it("shows the channel when the editor keeps it", async () => {
    const { log, channel, due } = logOver({ "Wayfare.log": "a line" });
    log.info("one");
    log.show();
    await settle();
    expect(channel.show).toHaveBeenCalledOnce();
    expect([editor.documentsShown, due]).toEqual([[], []]);
  });
});
