import { beforeEach, describe, expect, it, vi } from "vitest";
import { createKeys } from "../../client/keys.ts";
import { registerProviderCommands } from "../../client/provider-commands.ts";
import { readSettings } from "../../client/read-settings.ts";
import type { ModelSummary } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { resolveBaseUrl } from "../../shared/presets.ts";
import type { TestConnectionParams, TestConnectionResult } from "../../shared/protocol.ts";
import { editor, reset } from "./fake-vscode.ts";
import { type Reply, scriptedDialog } from "./scripted-dialog.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));
const present = vi.hoisted(() => ({ dialog: null as unknown }));
vi.mock("../../client/dialog.ts", () => ({ quickDialog: () => present.dialog }));

const gate = {
  id: "gate",
  preset: "openai-compatible",
  baseUrl: "https://gate.example/v1",
  headers: { "x-team": "blue" },
};
const openai = { id: "openai", preset: "openai", models: [{ id: "small", price: "free" }] };
const tiers = { cheap: ["openai/small", "gate/small", "gate/alias"], frontier: ["gate/large"] };
const gateKey = "wayfare.key:gate:https://gate.example";

let secrets: Map<string, string>;
beforeEach(() => {
  reset();
  secrets = new Map([
    [gateKey, "sk-gate"],
    ["wayfare.key:openai:https://api.openai.com", "sk-openai"],
  ]);
  editor.settings.set("wayfare.providers", { globalValue: [openai, gate] });
  editor.settings.set("wayfare.tiers", { globalValue: tiers });
});

const modelOf = (providerId: string, modelId: string): ModelSummary => ({
  providerId,
  modelId,
  tier: null,
  windowTokens: null,
  maxOutputTokens: null,
  inputPerMillionUsd: 1,
  outputPerMillionUsd: 1,
  priceSource: "provider",
  simulated: false,
});
const takes = (params: TestConnectionParams): TestConnectionResult => {
  const resolved = resolveBaseUrl(params);
  const { providerId } = params;
  return {
    ok: true,
    baseUrl: resolved.ok ? resolved.baseUrl : "",
    models: ["small", "large", "new"].map((id) => modelOf(providerId, id)),
    tiers: { cheap: [`${providerId}/new`], frontier: [] },
    elapsedMs: 1,
  };
};
const refuses = (failure: Failure) => (): TestConnectionResult => ({ ok: false, failure });

const written = () => ({
  providers: editor.settings.get("wayfare.providers")?.globalValue,
  tiers: editor.settings.get("wayfare.tiers")?.globalValue,
  secrets: Object.fromEntries(secrets),
});

async function edit(id: string, script: readonly Reply[], tests = [takes]) {
  const before = structuredClone(written());
  const { dialog, left, seen } = scriptedDialog(script);
  present.dialog = dialog;
  const tested: TestConnectionParams[] = [];
  const answers = [...tests];
  registerProviderCommands({
    configuration: {
      read: () => readSettings([(key) => editor.settings.get(`wayfare.${key}`)]),
      together: (change: () => Promise<unknown>) => change(),
    },
    keys: createKeys({
      get: async (name) => secrets.get(name),
      store: async (name, value) => void secrets.set(name, value),
      delete: async (name) => void secrets.delete(name),
      keys: async () => [...secrets.keys()],
    }),
    server: {
      start: async () => ({
        async request(_type: unknown, params: TestConnectionParams) {
          tested.push(params);
          return (answers.length > 1 ? answers.shift() : answers[0])?.(params);
        },
      }),
    },
    log: { error: () => undefined, show: () => undefined },
    environment: {},
    openChat: async () => undefined,
  } as never);
  await editor.commands.get("wayfare.editProvider")?.(...([id] as never[]));
  expect(left()).toBe(0);
  return { seen, tested, before };
}

describe("Edit Provider", () => {
  it("switches a provider off and on again, and its row, key and tiers stay", async () => {
    const { seen, before, tested } = await edit("gate", [{ pick: "Switch off" }]);
    expect(seen).toEqual([
      "Edit gate (1/2) Address [https://gate.example/v1] | Headers [x-team] | Models and tiers [3 in tiers] | Key [tried before it is kept] | Switch off [keeps its settings, its key and its places in the tiers]",
    ]);
    expect(written()).toEqual({ ...before, providers: [openai, { ...gate, disabled: true }] });
    expect(editor.shown.at(-1)).toContain(
      "gate is switched off. Nothing is sent to it; its settings and its key stay.",
    );
    const on = await edit("gate", [{ pick: "Switch on" }]);
    expect(on.seen[0]).toMatch(/^Edit gate \(1\/2\) Switch on \[off now: nothing is sent to it\] \| Address/);
    expect(written()).toEqual(before);
    expect([...tested, ...on.tested]).toEqual([]);
  });

  it("moves a provider: the old key is not sent to the new host, and is gone when the new one is in use", async () => {
    const { tested } = await edit("gate", [
      { pick: "Address" },
      { type: "https://user:pass@gate.example/v1" },
      { type: "https://other.example/v1" },
      { type: "sk-other" },
    ]);
    expect(tested).toMatchObject([
      { providerId: "gate", baseUrl: "https://other.example/v1", key: "sk-other", headers: { "x-team": "blue" } },
    ]);
    expect(written()).toMatchObject({
      providers: [openai, { ...gate, baseUrl: "https://other.example/v1" }],
      secrets: { "wayfare.key:gate:https://other.example": "sk-other" },
    });
    expect(secrets.has(gateKey)).toBe(false);
  });

  it("keeps the key where only the path is another, and refuses credentials in an address", async () => {
    const { seen, tested } = await edit("gate", [
      { pick: "Address" },
      { type: "https://user:pass@gate.example/v1" },
      { type: "https://gate.example/v2" },
    ]);
    expect(seen).toContain(
      "refused: Leave the user name and password out of the base URL; give the key when asked for it.",
    );
    expect(tested.map(({ key, baseUrl }) => [key, baseUrl])).toEqual([["sk-gate", "https://gate.example/v2"]]);
    expect(secrets.get(gateKey)).toBe("sk-gate");
  });

  it("takes headers one at a time, tries the provider with them, and takes no key among them", async () => {
    const { seen, tested } = await edit("gate", [
      { pick: "Headers" },
      { pick: "Add a header" },
      { type: "Authorization: Bearer sk" },
      { type: "x bad: 1" },
      { type: "Content-Length: 3" },
      { type: "X-Uni: bü中" },
      { type: "X-Empty:" },
      { type: "x-region: eu west" },
      { pick: "x-team" },
      { type: "" },
      { pick: "Done" },
    ]);
    expect(seen.filter((line) => line.startsWith("refused"))).toEqual([
      'refused: This header carries a key, and settings are synced in the clear. Remove it and give the key by "Wayfare: Change Key".',
      "refused: This is no name of a header: one is letters, digits and dashes. Correct or remove it.",
      "refused: This header is Wayfare's own to set: a wrong one breaks every request. Remove it.",
      "refused: This header holds a character that none can: only plain ASCII letters, digits and signs are sent. Correct it.",
      "refused: Write what X-Empty is to say, behind the colon.",
    ]);
    expect(tested[0]).toMatchObject({ key: "sk-gate", headers: { "x-region": "eu west" } });
    expect(written().providers).toEqual([openai, { ...gate, headers: { "x-region": "eu west" } }]);
  });

  it("chooses other models: what stays keeps its place, an unlisted one can stay, other providers' are not touched", async () => {
    const { seen, tested } = await edit("gate", [{ pick: "Models and tiers" }, { tick: ["new", "alias"] }, "enter"]);
    expect(tested[0]).toMatchObject({ providerId: "gate", key: "sk-gate" });
    expect(seen[2]).toMatch(/^Models of gate: cheap tier \(2\/3\) ☑ small .* \| ☑ alias \[price unknown\] \| ☐ large/);
    expect(written()).toMatchObject({
      providers: [openai, gate],
      tiers: { cheap: ["openai/small", "gate/alias", "gate/new"], frontier: ["gate/large"] },
    });
  });

  it("names a chosen model in a row that names some, with what stands there", async () => {
    await edit("openai", [{ pick: "Models and tiers" }, { tick: ["small", "new"] }, "enter"]);
    expect(written().providers).toEqual([{ ...openai, models: [{ id: "small", price: "free" }, "new"] }, gate]);
  });

  it("shows why the provider does not take it, in its own words, and can go back or keep it", async () => {
    const no = refuses({ kind: "auth", status: 401, message: "gate.example says: no such team" });
    const { seen, before } = await edit(
      "gate",
      [{ pick: "Address" }, { type: "https://gate.example/v2" }, { press: "Edit URL" }, "escape"],
      [no],
    );
    expect(seen).toContain(
      "fail inFront: OpenAI-compatible did not accept the key. gate.example says: no such team {Try Again|Edit URL|Keep It Anyway|Show Log}",
    );
    expect(written()).toEqual(before);
    await edit("gate", [{ pick: "Address" }, { type: "https://gate.example/v2" }, { press: "Keep It Anyway" }], [no]);
    expect(written().providers).toEqual([openai, { ...gate, baseUrl: "https://gate.example/v2" }]);
  });

  const ways: [string, Reply[]][] = [
    ["at the first step", ["escape"]],
    ["at the address", [{ pick: "Address" }, "escape"]],
    ["at the new address's key", [{ pick: "Address" }, { type: "https://other.example" }, "escape"]],
    ["while it is tried", [{ pick: "Address" }, { type: "https://other.example" }, { type: "k" }, "cancel"]],
    ["at the headers", [{ pick: "Headers" }, { pick: "Add a header" }, { type: "a: b" }, "escape"]],
    ["at a header", [{ pick: "Headers" }, { pick: "x-team" }, "escape"]],
    ["while the models are read", [{ pick: "Models and tiers" }, "cancel"]],
    ["at the cheap tier", [{ pick: "Models and tiers" }, "escape"]],
    ["at the frontier", [{ pick: "Models and tiers" }, { tick: ["new"] }, "escape"]],
    [
      "after going back everywhere",
      [{ pick: "Address" }, "back", { pick: "Headers" }, "back", { pick: "Models and tiers" }, "back", "escape"],
    ],
  ];
  it.each(ways)("leaves settings and secrets as they were, left %s", async (_where, script) => {
    const { before } = await edit("gate", script);
    expect(written()).toEqual(before);
  });

  it("writes nothing when the provider was removed meanwhile", async () => {
    const script: Reply[] = [{ pick: "Address" }, { type: "https://other.example" }, { type: "k" }];
    const gone = (params: TestConnectionParams) => {
      editor.settings.set("wayfare.providers", { globalValue: [openai] });
      return takes(params);
    };
    await edit("gate", script, [gone]);
    expect(written().providers).toEqual([openai]);
    expect([...secrets.keys()]).not.toContain("wayfare.key:gate:https://other.example");
    expect(editor.shown.at(-1)).toContain('There is no provider "gate" any more. Nothing was changed.');
  });
});
