import { describe, expect, it } from "vitest";
import { endpointHelp, readArguments } from "../../../server/core/endpoint-arguments.ts";
import { readEndpointConfig } from "../../../server/core/endpoint-config.ts";
import { prepareStart } from "../../../server/core/endpoint-start.ts";
import { readCommentedJson } from "../../../server/core/read-commented-json.ts";
import { presetIds } from "../../../shared/settings.ts";

const wrong = (...argv: string[]) => {
  const read = readArguments(argv);
  return read.kind === "wrong" ? read.problems : read;
};

describe("the endpoint's arguments", () => {
  it("say to serve, or to check alone", () => {
    expect(readArguments(["--endpoint", "--config", "wayfare.json"])).toEqual({
      kind: "serve",
      configPath: "wayfare.json",
      port: null,
      acceptsLosses: false,
    });
    expect(readArguments(["--endpoint", "--accept-losses", "--config", "a"])).toMatchObject({ acceptsLosses: true });
    expect(readArguments(["--config=/etc/a=b.json", "--port=9000", "--check", "--endpoint"])).toEqual({
      kind: "check",
      configPath: "/etc/a=b.json",
      port: 9000,
    });
  });

  it("ask for help and the version whatever else is there", () => {
    for (const help of [["--help"], ["-h"], ["--endpoint", "--prot", "--help"]]) {
      expect(readArguments(help)).toEqual({ kind: "help" });
    }
    expect(readArguments(["--version"])).toEqual({ kind: "version" });
  });

  it("are an editor's where none is the endpoint's", () => {
    for (const argv of [[], ["--node-ipc"], ["--node-ipc", "--clientProcessId=77"], ["--stdio"]]) {
      expect(readArguments(argv)).toEqual({ kind: "editor" });
    }
  });

  it.each([
    [["--endpoint"], ["Name the config file: --config wayfare.json."]],
    [["--endpoint", "--config"], ["--config needs the path of a file behind it."]],
    [["--endpoint", "--config", "--check"], ["--config needs the path of a file behind it."]],
    [["--endpoint", "--config="], ["--config needs the path of a file behind it."]],
    [["--config", "a.json"], ["Without --endpoint nothing is served. Add it."]],
    [["--endpoint", "--config", "a", "--config", "b"], ["--config stands there twice. Leave one of them."]],
    [["--endpoint", "--config", "a", "--port"], ["--port needs a number behind it."]],
    [["--endpoint", "--config", "a", "--port", "0"], ['--port: "0" is no port. Write a whole number from 1 to 65535.']],
    [
      ["--endpoint", "--config", "a", "--port", "70000"],
      ['--port: "70000" is no port. Write a whole number from 1 to 65535.'],
    ],
    [
      ["--endpoint", "--config", "a", "--port", "8e3"],
      ['--port: "8e3" is no port. Write a whole number from 1 to 65535.'],
    ],
    [
      ["--endpoint", "--config", "a", "--check", "--accept-losses"],
      ["--check changes no books, and --accept-losses does. Leave one of them."],
    ],
    [["--endpoint=yes", "--config", "a", "--endpoint"], ["--endpoint takes no value. Write it alone."]],
    [
      ["--endpoint", "--conifg", "a"],
      [
        '"--conifg" is no argument here. Write --config, or remove it.',
        '"a" is no argument here. Remove it, or see --help.',
        "Name the config file: --config wayfare.json.",
      ],
    ],
    [
      ["--endpoint", "--config", "a", "--api-key=very-secret", "sk-live-0123456789abcdef"],
      [
        '"--api-key" is no argument here. Remove it, or see --help.',
        '"sk-[redacted]" is no argument here. Remove it, or see --help.',
      ],
    ],
  ])("are told by name where they are wrong, all of them: %j", (argv, problems) => {
    expect(wrong(...argv)).toEqual(problems);
  });
});

describe("the help", () => {
  it("names each argument, the signals and what the process ends with", () => {
    for (const name of [
      "--endpoint",
      "--config FILE",
      "--port N",
      "--check",
      "--accept-losses",
      "--help",
      "--version",
      "SIGTERM",
    ]) {
      expect(endpointHelp).toContain(name);
    }
    for (const line of [
      /^ {2}0 {3}all is well/m,
      /^ {2}1 {3}it could not start/m,
      /^ {2}2 {3}the arguments are wrong/m,
    ]) {
      expect(endpointHelp).toMatch(line);
    }
    expect(endpointHelp.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });

  it("says which Node it needs, and which presets there are", () => {
    expect(endpointHelp).toContain("with Node 22.20 or later");
    const presets = /\n\nThe "preset" of a provider is one of\n((?: {2}.+\n)+)\n/.exec(endpointHelp)?.[1] ?? "";
    expect(presets.split(/,?\s+/).filter((name) => name !== "")).toEqual([...presetIds]);
  });

  it("shows a config that starts as it stands", () => {
    const shown = endpointHelp.slice(endpointHelp.indexOf("  {\n"), endpointHelp.indexOf("\n  }\n") + 4);
    const json = readCommentedJson(shown);
    expect(json.ok).toBe(true);
    const config = readEndpointConfig(json.ok ? json.value : null, {
      environment: { OPENAI_API_KEY: "key-of-openai" },
      port: null,
      timeZone: "Europe/Paris",
    });
    expect(config).toMatchObject({
      problems: [],
      port: 8377,
      ledger: "./wayfare-books",
      tokenFile: "./wayfare-token",
      workspace: "ci",
      timeZone: "UTC",
      keys: [
        { providerId: "openai", origin: "https://api.openai.com", key: "key-of-openai" },
        { providerId: "anthropic", origin: "https://api.anthropic.com", file: "/run/secrets/anthropic" },
      ],
    });
    const start = prepareStart(config, {
      ledgerDirectory: "/b",
      token: { path: "/t", value: "t".repeat(40), was: "there" },
      keys: [
        { providerId: "openai", origin: "https://api.openai.com", key: "key-of-openai" },
        { providerId: "anthropic", origin: "https://api.anthropic.com", key: "key-of-anthropic" },
      ],
      extraCaPem: null,
      clientCertificates: [],
      problems: [],
    });
    expect(start).toMatchObject({ ok: true, warnings: [] });
  });
});
