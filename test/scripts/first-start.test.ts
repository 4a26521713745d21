import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copySample, firstFile, seedSettings } from "../../scripts/first-start.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wayfare-seed-"));
  file = join(folder, "User", "settings.json");
  mkdirSync(join(folder, "User"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settings = () => JSON.parse(readFileSync(file, "utf8"));

describe("the settings of a first start", () => {
  it("turn the playground on and everything of the editor's own off", () => {
    seedSettings(folder, "on");
    expect(settings()).toMatchObject({
      "wayfare.playground": true,
      "workbench.startupEditor": "none",
      "chat.disableAIFeatures": true,
      "telemetry.telemetryLevel": "off",
      "update.mode": "none",
      "remote.autoForwardPorts": false,
    });
  });

  it("leave the playground off when it is not wanted", () => {
    seedSettings(folder, "off");
    expect(settings()["wayfare.playground"]).toBe(false);
  });

  it("are not written twice: the file is the person's from then on", () => {
    seedSettings(folder, "on");
    writeFileSync(file, JSON.stringify({ "editor.fontSize": 18, "wayfare.playground": false }));
    seedSettings(folder, "on");
    expect(settings()).toEqual({ "editor.fontSize": 18, "wayfare.playground": false });
  });

  it("do not turn the playground on beside a provider", () => {
    const own = { "wayfare.providers": [{ id: "openai", preset: "openai" }] };
    writeFileSync(file, JSON.stringify(own));
    seedSettings(folder, "on");
    expect(settings()).toEqual(own);
  });

  it("leave a file with comments or half an edit in it as it is", () => {
    for (const text of ['{\n  // mine\n  "editor.fontSize": 18\n}', '{ "editor.', "[]"]) {
      writeFileSync(file, text);
      seedSettings(folder, "on");
      expect(readFileSync(file, "utf8")).toBe(text);
    }
  });
});

describe("the copy of the sample project", () => {
  it("keeps what the person changed, and brings back the file that is opened first", () => {
    const sample = join(folder, "sample");
    copySample(sample);
    const first = readFileSync(join(sample, firstFile), "utf8");
    writeFileSync(join(sample, "README.md"), "mine");
    rmSync(join(sample, firstFile));
    copySample(sample);
    expect(readFileSync(join(sample, "README.md"), "utf8")).toBe("mine");
    expect(readFileSync(join(sample, firstFile), "utf8")).toBe(first);
  });
});
