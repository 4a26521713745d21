import { describe, expect, it } from "vitest";
import { readEndpointSettings } from "../../client/endpoint-settings.ts";
import { readSettings } from "../../client/read-settings.ts";
import { DEFAULT_ENDPOINT_PORT } from "../../shared/settings.ts";

const read = (enabled: unknown, port: unknown) => {
  const { settings, problems } = readEndpointSettings({ enabled, port });
  return [settings.enabled, settings.port, ...problems.map(({ field, message }) => `${field}: ${message}`)];
};

describe("settings of the local endpoint", () => {
  it("are off, at the usual port, without a word", () => {
    expect(read(undefined, undefined)).toEqual([false, DEFAULT_ENDPOINT_PORT]);
    expect(read(null, null)).toEqual([false, DEFAULT_ENDPOINT_PORT]);
    expect(read(true, 9_000)).toEqual([true, 9_000]);
  });

  it.each([80, 1_023, 65_536, 8_377.5, "8377", Number.NaN])(
    "say what is no port, and use the usual one: %j",
    (port) => {
      expect(read(true, port)).toEqual([
        true,
        8_377,
        `wayfare.endpoint.port: ${JSON.stringify(port)} is not a port from 1024 to 65535. 8377 is used. Write a whole number between them.`,
      ]);
    },
  );

  it("let nobody in where it is not said plainly", () => {
    expect(read("yes", 1_024)).toEqual([
      false,
      1_024,
      'wayfare.endpoint.enabled: "yes" is neither true nor false. The local endpoint stays off. Write one of them.',
    ]);
  });

  it("are the person's own: a workspace opens no port and gives no book more", () => {
    const { endpoint, settings, problems } = readSettings([
      (key) =>
        ({
          "endpoint.enabled": { defaultValue: false, workspaceValue: true },
          "endpoint.port": { defaultValue: 8_377, globalValue: 9_000, workspaceFolderValue: 22_222 },
          "endpoint.workspaces": { globalValue: { ci: { daily: 1 } }, workspaceValue: { ci: { daily: 99 } } },
        })[key],
    ]);
    expect([endpoint, settings.endpoint]).toEqual([
      { enabled: false, port: 9_000 },
      { workspaces: { ci: { daily: 1 } } },
    ]);
    expect(problems).toEqual(
      ["workspaces", "enabled", "port"].map((name) => ({
        field: `wayfare.endpoint.${name}`,
        message:
          "This workspace sets it, which is ignored: only your own user settings say what other tools may ask of this host.",
      })),
    );
  });
});
