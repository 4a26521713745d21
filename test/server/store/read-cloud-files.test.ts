import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCloudFiles } from "../../../server/store/read-cloud-files.ts";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "wayfare-cloud-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

it("reads a whole path and one that begins at home, and says null for what is not there", async () => {
  const place = await folder();
  await writeFile(join(place, "credentials"), "[default]\n");
  const files = createCloudFiles({});
  expect(await files.read(join(place, "credentials"))).toBe("[default]\n");
  expect(await files.read(`~/${relative(homedir(), join(place, "credentials"))}`)).toBe("[default]\n");
  expect(await files.read(join(place, "other"))).toBeNull();
  await expect(files.read(place)).rejects.toThrow("EISDIR");
});

it("knows an empty variable for none", () => {
  const files = createCloudFiles({ AWS_REGION: "eu-west-1", AWS_PROFILE: "" });
  expect([files.variable("AWS_REGION"), files.variable("AWS_PROFILE"), files.variable("OTHER")]).toEqual([
    "eu-west-1",
    null,
    null,
  ]);
});
