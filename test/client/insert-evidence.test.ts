import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createInsertEvidences } from "../../client/insert-evidence.ts";
import { createLogDocument } from "../../client/log-document.ts";
import { createTestCommand, registerTestCommand } from "../../client/test-command.ts";
import { testEnvironment } from "../../client/test-environment.ts";
import { createTestOutput, testOutputDocument } from "../../client/test-output.ts";
import type { InsertEvidence } from "../../client/webview/messages.ts";
import type { AppliedCodeParams } from "../../shared/report.ts";
import { delays } from "./delays.ts";
import { DiagnosticSeverity, documentOf, editor, events, Position, Range, reset, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const at = new Range(new Position(0, 0), new Position(0, 0));

function scene() {
  const shown: (InsertEvidence | null)[] = [];
  const told: AppliedCodeParams[] = [];
  const waiting = delays();
  let session: string | null = "s";
  const memory = new Map<string, unknown>();
  const command = createTestCommand({
    memory: { get: (key) => memory.get(key), update: async (key, value) => void memory.set(key, value) },
    log: () => undefined,
  });
  // A log with something in it: the editor shows channels.
  editor.files.set("file:///logs/Wayfare.log", "started");
  const logDocument = createLogDocument(Uri.file("/logs") as never, waiting.later, testOutputDocument);
  const evidence = createInsertEvidences({
    sessionId: () => session,
    tests: {
      command,
      environment: testEnvironment(process.env),
      output: createTestOutput(logDocument, (text) => text),
    },
    log: (message) => shown.push({ turnId: message, errors: null, tests: null }),
    later: waiting.later,
    onChange: () => shown.push(evidence.now()),
    tell: (outcome) => told.push(outcome),
  });
  const becomes = (document: ReturnType<typeof documentOf>, text: string, inserted: string) => {
    Object.assign(document, documentOf(document.uri.toString(), text));
    const change = { document, contentChanges: [{ range: at, rangeLength: 0, text: inserted }] };
    events.text.fire(change);
  };
  /** Inserts a line of a turn's code; `errors` are what the checkers then say of it. */
  const insert = (turnId: string, name: string, errors: string[], folder = "/w") => {
    const saves: string[] = [];
    const document = Object.assign(documentOf(`file://${folder}/src/${name}`, "let a;\n"), {
      isDirty: true,
      async save() {
        saves.push(document.getText());
        document.isDirty = false;
        return true;
      },
    });
    const { inserted } = evidence.begin(document as never, { turnId, block: 0, language: "ts" });
    becomes(document, "let b = c;\nlet a;\n", "let b = c;\n");
    inserted();
    const said = errors.map((message) => ({ severity: DiagnosticSeverity.Error, message, range: at }));
    editor.diagnostics.set(document.uri.toString(), said);
    events.diagnostics.fire({ uris: [document.uri] });
    return { document, saves, undo: () => becomes(document, "let a;\n", "") };
  };
  return { evidence, command, memory, shown, told, insert, pass: waiting.pass, leave: () => (session = null) };
}

const outcome = (turnId: string, file: string, addedErrors: number): AppliedCodeParams => ({
  ...{ sessionId: "s", turnId },
  applied: { file, addedErrors },
});

const tested = (isFailed: boolean): AppliedCodeParams => ({
  ...{ sessionId: "s", turnId: "t1" },
  applied: {
    ...{ file: "a.ts", addedErrors: 0 },
    tests: { isFailed, failed: null, failedShare: null, crashed: false, timedOut: false },
  },
});

describe("what is seen after an insertion", () => {
  it("is told on its turn and to the server, in the conversation it was made in", () => {
    const { shown, told, insert, pass, leave } = scene();
    insert("t1", "duration.ts", ["no c", "no d"]);
    leave();
    pass(600);
    expect(shown).toEqual([{ turnId: "t1", errors: { count: 2, file: "duration.ts" }, tests: null }]);
    expect(told).toEqual([outcome("t1", "duration.ts", 2)]);
  });

  it("is nothing on the page where no error came, and the server is told so", () => {
    const { shown, told, insert, pass } = scene();
    insert("t1", "duration.ts", []);
    pass(4_000);
    expect(shown).toEqual([]);
    expect(told).toEqual([outcome("t1", "duration.ts", 0)]);
  });

  it("is void with a second insertion, also while it is still looked for", () => {
    const { shown, told, insert, pass } = scene();
    insert("t1", "a.ts", ["no c"]);
    pass(600);
    insert("t1", "b.ts", ["no c"]);
    expect(shown.at(-1)).toBeNull();
    insert("t2", "c.ts", ["no c", "no d"]);
    pass(10_000);
    expect(shown.at(-1)).toEqual({ turnId: "t2", errors: { count: 2, file: "c.ts" }, tests: null });
    expect(told).toEqual([outcome("t1", "a.ts", 1), outcome("t2", "c.ts", 2)]);
  });

  it("is void once it is undone, and the server is told that nothing is wrong any more", () => {
    const { evidence, shown, told, insert, pass } = scene();
    const { undo } = insert("t1", "a.ts", ["no c"]);
    pass(600);
    expect(evidence.now()).not.toBeNull();
    undo();
    expect(shown.at(-1)).toBeNull();
    expect(told).toEqual([outcome("t1", "a.ts", 1), outcome("t1", "a.ts", 0)]);
  });

  it("is void once its turn is asked anew under its name, and not with another", () => {
    const { evidence, insert, pass } = scene();
    insert("t1", "a.ts", ["no c"]);
    pass(600);
    evidence.replaced("t2");
    expect(evidence.now()).not.toBeNull();
    evidence.replaced("t1");
    expect(evidence.now()).toBeNull();
  });

  it("is not changed by an insertion that failed", () => {
    const { evidence, told, insert, pass } = scene();
    insert("t1", "a.ts", ["no c"]);
    pass(600);
    const document = documentOf("file:///w/b.ts", "");
    evidence.begin(document as never, { turnId: "t2", block: 0, language: "ts" }).failed();
    expect(evidence.now()?.turnId).toBe("t1");
    pass(10_000);
    expect(told).toHaveLength(1);
  });
});

const folder = realpathSync(mkdtempSync(join(tmpdir(), "wayfare-evidence-")));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the person's own tests after an insertion", () => {
  /** A trusted workspace with this command in which code is inserted; `answer` is what is answered when it is asked for. */
  const withCommand = (command: string | null, answer?: string) => {
    editor.folders = [{ uri: Uri.file(folder), name: "shop" }];
    const all = scene();
    all.command.set(command);
    editor.answers = [answer];
    const states = () => all.shown.map((each) => each?.tests?.state ?? null);
    const act = (what: "run" | "stop" | "output") => all.evidence.act({ type: "tests", turnId: "t1", act: what });
    return { ...all, states, act, insertHere: () => all.insert("t1", "a.ts", [], folder) };
  };
  const asked = `Run "exit 1" in shop?`;

  it("are offered where a command is set, in a trusted folder, and run by a click once that was allowed", async () => {
    const { insertHere, act, states, shown, told, command } = withCommand("echo 2 failed; exit 1", "Run");
    const { saves } = insertHere();
    expect(states()).toEqual(["ready"]);
    expect(saves).toEqual([]);
    await act("run");
    expect(states()).toEqual(["ready", "running", "failed"]);
    expect(shown.at(-1)?.tests).toEqual({ state: "failed", how: "exit 1", lastLine: "2 failed" });
    // What is tested is what was inserted.
    expect(saves).toEqual(["let b = c;\nlet a;\n"]);
    expect(told).toEqual([tested(true)]);
    expect(editor.channels.get("Wayfare Tests")).toBe("> echo 2 failed; exit 1\n\n2 failed\n\nEnded with exit 1.\n");
    await act("output");
    expect(editor.shown.at(-1)).toBe("Wayfare Tests");
    editor.files.delete("file:///logs/Wayfare.log");
    await act("output");
    expect(editor.documentsShown).toEqual(["> echo 2 failed; exit 1\n\n2 failed\n\nEnded with exit 1.\n"]);
    expect(command.read()?.consent).toBe("by hand");
    await act("run");
    expect(editor.shown.filter((each) => each.startsWith("Run "))).toHaveLength(1);
  });

  it("run by themselves once that was allowed, and the server hears that they pass", async () => {
    const { insertHere, act, states, told } = withCommand("exit 0", "Always Here After an Insert");
    insertHere();
    await act("run");
    expect(states()).toEqual(["ready", "running", "passed"]);
    insertHere();
    await expect.poll(states).toEqual(["ready", "running", "passed", null, "ready", "running", "passed"]);
    expect(told).toEqual([tested(false), tested(false)]);
  });

  it("are not run where that was refused, nor offered there again, until the command is set anew", async () => {
    const { insertHere, act, states, command } = withCommand("exit 1", "Never Here");
    const { saves } = insertHere();
    await act("run");
    expect(states()).toEqual(["ready", "never"]);
    insertHere();
    expect(states()).toEqual(["ready", "never", null]);
    expect([editor.shown, saves]).toEqual([[asked], []]);
    command.set("exit 1");
    insertHere();
    expect(states().at(-1)).toBe("ready");
  });

  it("are not run while the person has not decided", async () => {
    const { insertHere, act, states, command } = withCommand("exit 1");
    const { saves } = insertHere();
    await act("run");
    expect([states(), saves, editor.shown]).toEqual([["ready"], [], [asked]]);
    expect(command.read()?.consent).toBe("unasked");
  });

  it("are never offered nor run in a workspace that is not trusted, without a command, or outside a folder", async () => {
    const { insertHere, insert, act, shown, command } = withCommand("exit 1", "Run");
    editor.isTrusted = false;
    insertHere();
    editor.isTrusted = true;
    command.set(null);
    insertHere();
    command.set("exit 1");
    insert("t1", "a.ts", [], "/elsewhere");
    await act("run");
    expect([shown, editor.shown]).toEqual([[], []]);
    insertHere();
    editor.isTrusted = false;
    await act("run");
    expect([shown.map((each) => each?.tests), editor.shown]).toEqual([
      [{ state: "ready" }, { state: "unrun", why: "nothing is run in Restricted Mode" }],
      [],
    ]);
  });

  it("say that they did not run once the command was cleared, and run again with another one", async () => {
    const { insertHere, act, shown, states, command } = withCommand("exit 1", "Run");
    insertHere();
    await act("run");
    command.set(null);
    await act("run");
    expect(shown.at(-1)?.tests).toEqual({ state: "unrun", why: "no test command is set" });
    command.set("exit 0");
    editor.answers = ["Run"];
    await act("run");
    expect(states()).toEqual(["ready", "running", "failed", "unrun", "running", "passed"]);
  });

  it("say that they did not run where there is no such command or the file cannot be saved", async () => {
    const { insertHere, act, shown, told } = withCommand("wayfare-no-such-command", "Run");
    const { document } = insertHere();
    await act("run");
    expect(shown.at(-1)?.tests).toMatchObject({ state: "unrun", why: expect.stringMatching(/^exit 127: .*not found/) });
    Object.assign(document, { isDirty: true, save: async () => false });
    await act("run");
    expect(shown.at(-1)?.tests).toEqual({ state: "unrun", why: "a.ts could not be saved" });
    expect(told).toEqual([]);
  });

  it("are stopped by hand, and their result is void once the insertion is undone", async () => {
    const { insertHere, act, states, told } = withCommand("echo 3 of 41 so far; touch begun; sleep 30", "Run");
    const { undo } = insertHere();
    const stopped = act("run");
    await expect.poll(states).toEqual(["ready", "running"]);
    await expect.poll(() => existsSync(join(folder, "begun"))).toBe(true);
    await act("stop");
    await stopped;
    expect(states()).toEqual(["ready", "running", "stopped"]);
    // What was printed until then can be looked into.
    await act("output");
    expect(editor.shown.at(-1)).toBe("Wayfare Tests");
    expect(editor.channels.get("Wayfare Tests")).toBe(
      "> echo 3 of 41 so far; touch begun; sleep 30\n\n3 of 41 so far\n\nStopped.\n",
    );
    const voided = act("run");
    await expect.poll(() => states().length).toBe(4);
    undo();
    await voided;
    expect(states()).toEqual(["ready", "running", "stopped", "running", null]);
    expect(told).toEqual([]);
  });
});

describe("Set Test Command…", () => {
  it("keeps the command with the extension, takes it back, and asks for nothing in Restricted Mode", async () => {
    const { command, memory } = scene();
    registerTestCommand(command);
    const set = async (...answers: (string | undefined)[]) => {
      editor.answers = answers;
      await editor.commands.get("wayfare.setTestCommand")?.();
      return command.read();
    };
    expect(await set("npm test")).toBeNull();
    expect(editor.shown.splice(0)).toEqual(["Open a folder first: the test command runs in it."]);
    editor.folders = [{ uri: Uri.file(folder), name: "shop" }];
    expect(await set(" npm test ")).toEqual({ command: "npm test", consent: "unasked" });
    command.allow("always");
    expect(await set(undefined)).toEqual({ command: "npm test", consent: "always" });
    const reloaded = createTestCommand({
      memory: { get: (key) => memory.get(key), update: async () => undefined },
      log: () => undefined,
    });
    expect(reloaded.read()).toEqual({ command: "npm test", consent: "always" });
    expect(await set("npm test")).toEqual({ command: "npm test", consent: "unasked" });
    expect(editor.inputs).toEqual(["", "npm test", "npm test"]);
    editor.isTrusted = false;
    expect(await set("rm -rf .")).toEqual({ command: "npm test", consent: "unasked" });
    editor.isTrusted = true;
    expect(await set("")).toBeNull();
  });

  it("reads nothing that it has not written", () => {
    for (const kept of ["npm test", { command: "" }, { command: "x", consent: "sometimes" }, 7]) {
      const memory = { get: () => kept, update: async () => undefined };
      expect(createTestCommand({ memory, log: () => undefined }).read()).toBeNull();
    }
  });
});
