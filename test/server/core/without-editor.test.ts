import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { capRefusal } from "../../../server/core/describe-cap.ts";
import { lossNotice, lostCountsRefusal } from "../../../server/core/money-notices.ts";
import { withoutEditor } from "../../../server/core/without-editor.ts";
import { mendAuth } from "../../../server/providers/mend-words.ts";
import { explainLedgerFailure, newerSchema } from "../../../server/store/explain-ledger-failure.ts";

const root = new URL("../../../", import.meta.url).pathname;
const sources = ["server", "shared"].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .map((name) => `${room}/${name}`)
    // What the playground answers is no message of ours, and this file names what it takes away.
    .filter((path) => path.endsWith(".ts") && !/^server\/(playground\/|core\/without-editor)/.test(path)),
);
/** Lines of code with a command of the editor's in them; comments say what they like. */
const namingCommands = sources.flatMap((path) =>
  readFileSync(join(root, path), "utf8")
    .split("\n")
    .filter((line) => /"Wayfare: [A-Z]/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line)),
);

const facts = { path: "/b/wayfare.sqlite", directory: "/b", freeBytes: null, nodeVersion: "20.1.0" };
const ledgerWords = (error: object) => explainLedgerFailure(Object.assign(new Error("x"), error), facts).message;

describe("words for where there is no editor", () => {
  it("name none of its commands, whatever message of ours they come from", () => {
    expect(namingCommands.length).toBeGreaterThan(15);
    expect(namingCommands.map(withoutEditor).filter((line) => /Wayfare: [A-Z]/.test(line))).toEqual([]);
  });

  it.each([
    [
      mendAuth(null, "h"),
      'Put another key into the variable or file that "keys" in the config names, and start the endpoint again.',
    ],
    [
      mendAuth({ name: "OpenAI", account: "sent" }, "h"),
      'The key is meant to be one of OpenAI: put another key into the variable or file that "keys" in the config names, and start the endpoint again.',
    ],
    [
      '"acme" has no key. Run "Wayfare: Change Key" and enter the key for https://api.acme.com.',
      '"acme" has no key. Put the key for https://api.acme.com into the variable or file that "keys" in the config names, and start the endpoint again.',
    ],
    [
      'Correct the name, or run "Wayfare: Change Key" to read the list again.',
      "Correct the name, or start the endpoint again to read the list anew.",
    ],
    [
      capRefusal({
        cap: { scope: "global", period: "daily", setting: "wayfare.budget.daily" },
        limitNano: 1_000_000_000,
        spentNano: 900_000_000,
        heldNano: 0,
        neededNano: 200_000_000,
      }),
      "This needs at least $0.2000, which does not fit under your $1.00 a day: $0.9000 is spent. Write a larger amount in wayfare.budget.daily and start the endpoint again, or use a model on this machine.",
    ],
    [
      capRefusal({
        cap: { scope: "workspace", period: "daily", setting: "wayfare.endpoint.workspaces.by hand.daily" },
        limitNano: 20_000_000,
        spentNano: 0,
        heldNano: 0,
        neededNano: 30_000_000,
      }),
      "This needs at least $0.0300, which does not fit under this book's $0.02 a day: $0 is spent. Write a larger amount in wayfare.endpoint.workspaces.by hand.daily and start the endpoint again, or use a model on this machine.",
    ],
    [
      lostCountsRefusal({ setAside: "old.sqlite" }),
      "What your caps had counted was lost with a damaged ledger, set aside as old.sqlite, so nothing that costs is sent under a cap. Start the endpoint again with --accept-losses to count from what could be read, or use a model on this machine.",
    ],
    [
      lossNotice({ path: "/b/w", setAside: "old.sqlite", attempts: 1, isSettled: false }),
      "The ledger /b/w was damaged. It was set aside as old.sqlite, and a new one was begun with what could be read of it: 1 request. What your caps had counted is not fully known, so nothing that costs is sent under a cap until the endpoint is started with --accept-losses; then they count from what could be read.",
    ],
    [
      newerSchema("/b/w", 9, 8).message,
      "The ledger /b/w was written by a newer Wayfare (schema 9, this version knows 8): update Wayfare and start the endpoint again.",
    ],
    [
      ledgerWords({ code: "ERR_UNKNOWN_BUILTIN_MODULE" }),
      "The ledger /b/wayfare.sqlite cannot be opened because Node 20.1.0 has no node:sqlite: use Node 22.20 or later.",
    ],
    [
      ledgerWords({ errcode: 5 }),
      "The ledger /b/wayfare.sqlite stayed locked by another process for 5 seconds: end other programs that use it and ask again.",
    ],
  ])("say what helps: %s", (editors, ours) => {
    expect(withoutEditor(editors)).toBe(ours);
  });

  it("leave alone what helps anywhere", () => {
    const text = "acme answered 429. Again in 5 s, or choose another model.";
    expect(withoutEditor(text)).toBe(text);
    for (const code of ["EACCES", "ENOTDIR", "ENOENT", "EISDIR", "EIO", "ENOSPC", "OTHER"]) {
      expect(withoutEditor(ledgerWords({ code }))).not.toMatch(/window|editor/);
    }
  });
});
