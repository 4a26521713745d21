import { describe, expect, it } from "vitest";
import { callFinding, keyFinding, modelsFinding } from "../../../server/core/describe-api.ts";
import { booksFinding, capsFinding, clockFinding, settingsFinding } from "../../../server/core/describe-machine.ts";
import { addressFinding, type CertificateSeen, certificateFinding } from "../../../server/core/describe-reach.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import type { CapState } from "../../../shared/protocol.ts";
import { presetIds } from "../../../shared/settings.ts";

/** What the doctor says of what was seen. */

const nowMs = Date.parse("2026-11-29T12:00:00Z");
const certificate: CertificateSeen = {
  subject: "api.openai.com",
  issuer: "Google Trust Services WE1",
  validToMs: Date.parse("2027-01-20T00:00:00Z"),
  isSelfSigned: false,
  chain: ["api.openai.com", "Google Trust Services WE1", "Google Trust Services GTS Root R4"],
  store: "bundled",
  protocol: "TLSv1.3",
  refusedAs: null,
};
const shown = (values: Partial<CertificateSeen>) =>
  certificateFinding(
    { elapsedMs: 1, remote: null, certificate: { ...certificate, ...values }, failure: null },
    { isKnownVendor: true, nowMs },
  );

describe("an address and a certificate", () => {
  it("of a public vendor are in order, with who vouches for them", () => {
    const addresses = ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"];
    expect(
      addressFinding({ host: "api.openai.com", proxy: null, addresses, isLiteral: false, elapsedMs: 12.4 }).seen,
    ).toBe("api.openai.com is at 1.1.1.1, 1.1.1.2 and 2 more, found in 12 ms.");
    expect(shown({})).toEqual({
      state: "ok",
      seen: "It is signed by Google Trust Services WE1, valid until 2027-01-20. It is trusted by the list of public authorities that Node brings.",
      advice: null,
      ways: [],
    });
  });

  it("that end soon, or that another authority signed, are warned of", () => {
    expect(shown({ validToMs: nowMs + 3 * 86_400_000 }).advice).toBe("It ends in 3 days. Its owner must renew it.");
    expect(shown({ validToMs: nowMs + 60_000 }).advice).toBe("It ends within a day. Its owner must renew it.");
    expect(shown({ store: "system", chain: ["api.openai.com", "Corp Root"] })).toMatchObject({
      state: "warning",
      advice: expect.stringContaining("Corp Root is no public authority"),
    });
  });
});

describe("a key, a list and an answer", () => {
  it("a key without credit leads to the vendor's page for credit", () => {
    const failure = { kind: "quota", status: 402, message: "No credit." } as const;
    expect(keyFinding({ kind: "failed", failure }, "openrouter")).toMatchObject({
      state: "broken",
      ways: [{ kind: "link", words: "OpenRouter: credit", url: "https://openrouter.ai/settings/credits" }],
    });
  });

  it("of 5,000 models names only those that are set up and missing, and of many at most four", () => {
    const ids = Array.from({ length: 5_000 }, (_, at) => `m-${at}`);
    const uses = Array.from({ length: 6 }, (_, at) => ({ modelId: `gone-${at}`, isPriced: true }));
    expect(modelsFinding({ kind: "listed", ids }, { uses, preset: "openrouter", isCapped: false }).seen).toBe(
      "It lists 5000 models. Not in the list: gone-0, gone-1, gone-2, gone-3 and 2 more.",
    );
    const none = modelsFinding({ kind: "listed", ids: [] }, { uses: [], preset: "vllm", isCapped: false });
    expect(none.seen).toBe(
      "Its list of models is empty; names are taken as they are written. None of its models is in a tier.",
    );
    const priced = [{ modelId: "a", isPriced: true }];
    expect(modelsFinding({ kind: "no list" }, { uses: priced, preset: "cloudflare", isCapped: true })).toMatchObject({
      state: "ok",
      seen: "It has no list of models, and answers questions; names are taken as they are written. The price of the one set up is known.",
    });
  });

  it("an answer of an unknown price says so, and is never nothing", () => {
    const answer = { ok: true, firstTokenMs: 412.3, costNano: null, failure: null };
    expect(callFinding(answer, "openai").seen).toBe(
      "It answered after 412 ms, and cost an unknown sum, for its price is not known.",
    );
    expect(callFinding({ ...answer, costNano: 0 }, "ollama").seen).toBe("It answered after 412 ms, and cost nothing.");
  });
});

describe("the machine", () => {
  const books = {
    path: "/b.sqlite",
    bytes: 40_000,
    schema: 3,
    newestSchema: 3,
    unwritable: null,
    damage: { kind: "none" } as const,
    setAside: [],
    drive: null,
  };

  it("books that are closed, damaged, set aside or on a network drive say what to do", () => {
    const failure = { kind: "ledger", message: "The disk is full." } as const;
    expect(booksFinding({ failure })).toMatchObject({ state: "broken", seen: "The disk is full." });
    expect(booksFinding({ ...books, unwritable: failure }).seen).toBe(
      "/b.sqlite: 40 kB, schema 3 of 3. The disk is full.",
    );
    expect(booksFinding({ ...books, damage: { kind: "found", words: "page 7" } })).toMatchObject({
      state: "broken",
      ways: [{ command: "restartServer" }],
    });
    expect(booksFinding({ ...books, setAside: [{ name: "old.sqlite", isSettled: false }] })).toMatchObject({
      state: "warning",
      ways: [{ command: "startAnew" }],
    });
    expect(booksFinding({ ...books, setAside: [{ name: "old.sqlite", isSettled: true }] }).seen).toContain(
      "old.sqlite",
    );
    expect(booksFinding({ ...books, drive: "NFS" }).advice).toContain("network drive (NFS)");
  });

  it("a clock two minutes off is right, and one beyond that is not", () => {
    const off = (ms: number) => clockFinding({ theirsMs: nowMs, oursMs: nowMs + ms, host: "h" });
    expect([off(120_000).state, off(120_001).state, off(-120_001).seen]).toEqual([
      "ok",
      "warning",
      "It is 2 minutes behind h.",
    ]);
    expect(off(0).seen).toBe("Right to within 2 s, by h.");
    expect(off(5 * 86_400_000).seen).toBe("It is 5 days ahead of h.");
  });

  it("settings are each named with its mend, and the ways to them once", () => {
    const problems = [
      { field: "wayfare.providers[0].baseUrl", message: "no" },
      { field: "wayfare.providers[1]", message: "no key", mend: "changeKey" as const },
      { field: "wayfare.providers[2]", message: "no" },
    ];
    const { seen, ways } = settingsFinding(problems);
    expect(seen.split("\n")).toHaveLength(3);
    expect(ways.map(({ words }) => words)).toEqual(["Open wayfare.providers", "Change the key"]);
  });

  it("settings that share a long list of what may be written have it once, for all of them", () => {
    const { problems } = readSettings({ providers: ["x", "y"].map((preset) => ({ id: preset, preset })) });
    const { seen, advice } = settingsFinding(problems);
    expect(seen.split("\n")).toEqual([
      'wayfare.providers[0].preset: "x" is not a preset.',
      'wayfare.providers[1].preset: "y" is not a preset.',
    ]);
    expect(advice).toBe(`A preset is one of: ${presetIds.join(", ")}. The rest of the settings hold.`);
  });

  it("caps are told one by one; one that is reached or cannot be read is broken", () => {
    const cap: CapState = {
      id: "global.daily",
      scope: "global",
      period: "daily",
      limitNano: 1_000_000_000,
      raisedNano: 0,
      spentNano: 400_000_000,
      heldNano: 0,
      setting: "wayfare.budget.daily",
    };
    expect(capsFinding([cap])).toMatchObject({ state: "ok", seen: "All workspaces, a day: $0.4000 spent of $1.00." });
    expect(capsFinding([{ ...cap, heldNano: 600_000_000 }])).toMatchObject({
      state: "broken",
      ways: [{ kind: "setting", setting: "wayfare.budget.daily" }],
    });
    expect(capsFinding([{ ...cap, isUnreadable: true }]).seen).toBe(
      "All workspaces, a day: wayfare.budget.daily cannot be read.",
    );
    expect(capsFinding([]).seen).toBe("None is set, so what is spent has no bound.");
  });
});
