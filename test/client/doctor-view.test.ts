import { beforeEach, describe, expect, it, vi } from "vitest";
import { type DoctorDeps, registerDoctor } from "../../client/doctor-view.ts";
import type { DoctorPageState, FromDoctor, ToDoctor } from "../../client/webview/doctor-messages.ts";
import type { DoctorRow } from "../../shared/doctor.ts";
import { commands, editor, env, reset } from "./fake-vscode.ts";
import { pageScene } from "./page-scene.ts";
import { row } from "./webview/harness/doctor-scenes.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const key = row("key", {
  seen: "Refused: sk-secret-9.",
  ways: [{ kind: "setting", words: "Open", setting: "wayfare.tiers" }],
});
const call = row("call", {
  state: "skipped",
  offer: { providerId: "openai", modelId: "mini", boundNano: 1_100_000 },
  ways: [
    { kind: "command", words: "Change the key", command: "changeKey" },
    { kind: "command", words: "Manage", command: "manageTrust" },
    { kind: "link", words: "Keys", url: "https://keys.example" },
    { kind: "link", words: "Bad", url: "file:///etc/passwd" },
  ],
});

/** The command over a server whose examinations are ended by hand. */
function scene({ isSetUp = true } = {}) {
  const all = pageScene<FromDoctor, ToDoctor, DoctorPageState>({
    command: "wayfare.doctor",
    answers: [["wayfare/facts", () => ({ node: "24", sqlite: "3", rssBytes: 1 })]],
    unlisted: ["wayfare/facts"],
  });
  const examined: { params: unknown; emit(rows: DoctorRow[]): void; end(rows: DoctorRow[]): void }[] = [];
  Object.assign(all.server.connection() ?? {}, {
    examine: (params: unknown, emit: (rows: DoctorRow[]) => void, token: { onCancelled(end: () => void): void }) =>
      new Promise((resolve, reject) => {
        token.onCancelled(() => reject(new Error("cancelled")));
        examined.push({ params, emit, end: resolve });
      }),
  });
  const doctor = registerDoctor({
    ...all.deps,
    configuration: {
      read: () => ({ settings: { providers: isSetUp ? [{}] : [] }, problems: [] }),
      isSetUp: () => isSetUp,
      onChange: all.deps.onConfigured,
    },
    others: { present: () => [], yieldsTo: () => null },
    newCancellation() {
      let onCancelled = (): void => undefined;
      return { token: { onCancelled: (end: () => void) => (onCancelled = end) }, cancel: () => onCancelled() };
    },
    redact: (text: string) => text.replace("sk-secret-9", "[redacted]"),
    extensionVersion: "0.1.0",
    hostLabel: "",
  } as unknown as DoctorDeps);
  const named = () => all.shown()?.rows.map(({ title, state }) => `${title}: ${state}`);
  const end = async (rows: DoctorRow[]) => {
    examined.at(-1)?.end(rows);
    await all.settle();
  };
  return { ...all, doctor, examined, named, end };
}

const here = ["Settings left out: ok", "Other completions: ok", "Versions: ok", "Workspace trust: ok"];

describe("Wayfare: Doctor", () => {
  it("begins when it is opened, shows rows as they come, and keeps them, without keys, when it is closed", async () => {
    const { run, say, settle, examined, named, end, shown, doctor, panel, seen } = scene();
    run();
    expect(seen.html).toContain('src="file:///ext/dist/webview/doctor.js"');
    await say({ type: "ready" });
    await settle();
    expect(examined.map(({ params }) => params)).toEqual([{ only: null }]);
    expect([shown()?.run, named()]).toEqual(["all", here]);
    examined[0]?.emit([{ ...key, state: "checking", seen: "" }]);
    expect(named()).toEqual(["Key: checking", ...here]);
    await end([key]);
    await settle();
    expect([shown()?.run, named()]).toEqual(["none", ["Key: ok", ...here]]);
    expect(shown()?.rows[0]?.seen).toBe("Refused: [redacted].");
    panel.dispose();
    expect(doctor.rows().map(({ title }) => title)[0]).toBe("Key");
    expect(JSON.stringify(doctor.rows())).not.toContain("secret");
  });

  it("does not begin anew when it comes back into sight, and does when it is asked to", async () => {
    const { run, say, settle, examined, end } = scene();
    run();
    await say({ type: "ready" });
    await settle();
    await end([key]);
    await say({ type: "ready" });
    await settle();
    expect(examined).toHaveLength(1);
    await say({ type: "run", only: "provider openai key" });
    await say({ type: "run", only: "provider openai key" });
    expect(examined.slice(1).map(({ params }) => params)).toEqual([{ only: "provider openai key" }]);
    await end([{ ...key, state: "broken" }]);
    await say({ type: "run", only: "versions" });
    await settle();
    expect(examined).toHaveLength(2);
  });

  it("starts no server and sends nothing before a setup; what is known here is shown", async () => {
    const { run, say, settle, examined, named, seen, shown } = scene({ isSetUp: false });
    run();
    await say({ type: "ready" });
    await settle();
    expect([seen.starts, examined, named(), shown()?.run]).toEqual([0, [], here, "none"]);
  });

  it("is stopped by the person, or by closing the page, and says so of what had not ended", async () => {
    const { run, say, settle, examined, shown, doctor, panel } = scene();
    run();
    await say({ type: "ready" });
    await settle();
    examined[0]?.emit([key, { ...call, state: "checking", seen: "" }]);
    await say({ type: "stop" });
    await settle();
    expect(shown()).toMatchObject({ run: "none", problem: null });
    expect(doctor.rows().find(({ id }) => id === call.id)).toMatchObject({
      state: "skipped",
      seen: "It was stopped before it was checked.",
    });
    await say({ type: "run", only: null });
    await settle();
    panel.dispose();
    await settle();
    expect(doctor.rows().some(({ state }) => state === "checking")).toBe(false);
  });

  it("asks before it asks what costs, and names the most it can cost", async () => {
    const { run, say, settle, examined, end } = scene();
    run();
    await say({ type: "ready" });
    await settle();
    await end([key, call]);
    await settle();
    await say({ type: "pay", id: call.id });
    expect(editor.shown).toEqual(["Ask openai/mini for one word, for at most $0.0011?"]);
    expect(examined).toHaveLength(1);
    await say({ type: "pay", id: key.id });
    expect(editor.shown).toHaveLength(1);
    editor.answers.push("Ask It");
    await say({ type: "pay", id: call.id });
    await settle();
    expect(examined[1]?.params).toEqual({ only: call.id, allowNano: 1_100_000 });
  });

  it("takes the ways out that its own rows name, and no other", async () => {
    const { run, say, settle, end, raw, logged } = scene();
    const ran: unknown[] = [];
    const opened: string[] = [];
    vi.spyOn(commands, "executeCommand").mockImplementation(async (...args: unknown[]) => void ran.push(args[0]));
    Object.assign(env, { openExternal: async (uri: { toString(): string }) => void opened.push(uri.toString()) });
    run();
    await say({ type: "ready" });
    await settle();
    await end([key, call]);
    await settle();
    for (const at of [0, 1, 2, 3, 4]) await say({ type: "way", id: call.id, at });
    await say({ type: "command", command: "copyDiagnostics" });
    expect(ran).toEqual(["wayfare.changeKey", "workbench.trust.manage", "wayfare.copyDiagnostics"]);
    expect(opened).toEqual([expect.stringContaining("keys.example")]);
    raw({ type: "way", id: call.id, at: -1 });
    expect(logged).toEqual([expect.stringContaining("The page of doctor sent what is not understood")]);
    vi.restoreAllMocks();
  });

  it("says why the server could not be asked", async () => {
    const { run, say, settle, shown, server } = scene();
    server.state = "stopped";
    run();
    await say({ type: "ready" });
    await settle();
    expect(shown()).toMatchObject({ connection: "stopped", problem: "Wayfare's server does not run.", run: "none" });
  });
});
