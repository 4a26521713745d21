import { describe, expect, it } from "vitest";
import { type HostFacts, hostRows } from "../../client/doctor-rows.ts";

const facts: HostFacts = {
  extensionVersion: "0.1.0",
  editor: "Code 1.139.1",
  node: "24.21.0",
  platform: "linux x64",
  hostLabel: "",
  server: { node: "24.21.0", sqlite: "3.53.4", rssBytes: 88_200_000 },
  trusted: true,
  ignored: [],
  others: { present: [], yieldsTo: null },
};
const says = (values: Partial<HostFacts> = {}) =>
  hostRows({ ...facts, ...values }).map(({ title, state, seen, advice }) => [title, state, seen, advice]);

describe("the doctor's rows about the editor", () => {
  it("say that all is well", () => {
    expect(says()).toEqual([
      ["Settings left out", "ok", "No file of this workspace tries to set more than it may.", null],
      [
        "Other completions",
        "ok",
        "No other extension that completes code is active, as far as Wayfare knows them.",
        null,
      ],
      [
        "Versions",
        "ok",
        "Wayfare 0.1.0, Code 1.139.1, Node 24.21.0, linux x64. The server: Node 24.21.0, SQLite 3.53.4, 88 MB.",
        null,
      ],
      ["Workspace trust", "ok", "This workspace is trusted.", null],
    ]);
  });

  it("tell of another that completes, whoever was chosen, of Restricted Mode, and of what a repository tried", () => {
    const copilot = { present: ["GitHub Copilot"], yieldsTo: "GitHub Copilot" };
    const ignored = [{ field: "wayfare.quality", message: "is ignored" }];
    const [left, others, versions, trust] = says({
      others: copilot,
      trusted: false,
      ignored,
      server: null,
      hostLabel: "WSL: Ubuntu",
    });
    expect(left).toEqual(["Settings left out", "warning", "wayfare.quality: is ignored", expect.any(String)]);
    expect(others?.slice(1, 3)).toEqual([
      "warning",
      "GitHub Copilot completes code here, too, and Wayfare leaves GitHub Copilot the field.",
    ]);
    expect(versions?.[2]).toBe("Wayfare 0.1.0, Code 1.139.1, Node 24.21.0, linux x64, on WSL: Ubuntu. No server runs.");
    expect(trust?.slice(1, 3)).toEqual([
      "warning",
      "Restricted Mode: there are no completions, and no file goes along with a question.",
    ]);
    expect(says({ others: { ...copilot, yieldsTo: null } })[1]?.slice(2)).toEqual([
      "GitHub Copilot completes code here, too. You chose Wayfare.",
      "Turn the completions of GitHub Copilot off, so that two texts do not get in each other's way.",
    ]);
  });
});
