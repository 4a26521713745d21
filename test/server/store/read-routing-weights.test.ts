import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { readRoutingWeights } from "../../../server/store/read-routing-weights.ts";

const folder = mkdtempSync(join(tmpdir(), "wayfare-weights-"));
const fileOf = (name: string, text?: string): URL => {
  if (text !== undefined) writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name));
};

it("reads what the package has", async () => {
  const read = await readRoutingWeights(new URL("../../../data/routing-weights.json", import.meta.url));
  expect("weights" in read ? Object.keys(read.weights.experts).sort() : read).toEqual([
    ...["change", "choices", "contest", "function", "story"],
  ]);
});

it.each([
  ["missing.json", undefined, "missing.json is missing"],
  ["newer.json", '{"version":7}', "it is of version 7, and this Wayfare reads version 1"],
  ["cut.json", '{"version":1,"trai', "it is no JSON"],
])("does without %s, and says so", async (name, text, problem) => {
  expect(await readRoutingWeights(fileOf(name, text))).toEqual({ problem });
});

it("does without what cannot be read", async () => {
  const read = await readRoutingWeights(pathToFileURL(folder));
  expect("problem" in read ? read.problem : read).toMatch(/^EISDIR/);
});
