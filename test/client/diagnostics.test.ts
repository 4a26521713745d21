import { describe, expect, it } from "vitest";
import { describeDiagnostics } from "../../client/describe-diagnostics.ts";
import { describeHost } from "../../client/describe-host.ts";
import { createLog } from "../../client/log.ts";
import { createRedactor } from "../../shared/redact.ts";

describe("diagnostics", () => {
  it("hold versions, settings, the server and its failures, and no value of a header", () => {
    const text = describeDiagnostics({
      extensionVersion: "0.1.0",
      editor: "Code",
      editorVersion: "1.139.1",
      platform: "linux x64",
      node: "24.21.0",
      hostLabel: "WSL: Ubuntu",
      trusted: false,
      folders: 1,
      settings: {
        settings: {
          providers: [
            {
              id: "gate",
              preset: "openai-compatible",
              baseUrl: { token: "abcdefgh" },
              key: "abcdefgh",
              headers: { "x-team": "plainly-secret" },
              models: ["small", { id: "large", price: { input: 1, output: 2, apiKey: "abcdefgh" }, key: "abcdefgh" }],
            },
            "abcdefgh",
          ],
          tiers: { cheap: ["gate/small", { key: "abcdefgh" }], key: "abcdefgh" },
          mode: "auto",
          quality: 50,
          playground: false,
        },
        extraCaFile: "/etc/company.pem",
        via: "extensionHost",
        endpoint: { enabled: true, port: { key: "abcdefgh" } },
        clientCertificates: [{ host: "a.test", pfxFile: "/home/ann/me.pfx", passphrase: "abcdefgh" }],
        problems: [{ field: "wayfare.mode", message: "is ignored" }],
      },
      process: "running",
      stoppedBecause: null,
      server: {
        pid: 42,
        node: "24.21.0",
        sqlite: "3.53.4",
        ledgerPath: "/data/wayfare.sqlite",
        ledgerProblem: null,
        rssBytes: 77_000_000,
        startupMs: 101.6,
        requests: 3,
        recentFailures: [{ atMs: 0, route: "gate/small", kind: "auth", message: "401\nfrom the gateway" }],
      },
      doctor: [
        {
          ...{ id: "provider gate key", group: "gate: LiteLLM, 127.0.0.1:4000", title: "Key", state: "broken" },
          ...{ seen: "The key was refused:\nno such key.", advice: "Enter another.", ways: [] },
        },
      ],
      log: ["1970-01-01T00:00:00.000Z info started"],
    });
    expect(text).not.toMatch(/abcdefgh|plainly-secret/);
    expect(text).toBe(`## Wayfare diagnostics

- Wayfare 0.1.0, Code 1.139.1, linux x64, Node 24.21.0
- host: WSL: Ubuntu; folders: 1; Restricted Mode
- server: running
- server process: pid 42, Node 24.21.0, 77 MB, up in 102 ms, 3 requests
- ledger: /data/wayfare.sqlite; SQLite 3.53.4

### Settings

\`\`\`json
{
  "providers": [
    {
      "id": "gate",
      "preset": "openai-compatible",
      "baseUrl": "[left out]",
      "headers": {
        "x-team": "[left out]"
      },
      "models": [
        "small",
        {
          "id": "large",
          "price": {
            "input": 1,
            "output": 2
          }
        }
      ]
    },
    "[left out]"
  ],
  "tiers": {
    "cheap": [
      "gate/small",
      "[left out]"
    ]
  },
  "mode": "auto",
  "quality": 50,
  "playground": false,
  "network.extraCaFile": "/etc/company.pem",
  "network.via": "extensionHost",
  "network.clientCertificates": [
    {
      "host": "a.test",
      "pfxFile": "/home/ann/me.pfx"
    }
  ],
  "endpoint.enabled": true,
  "endpoint.port": "[left out]"
}
\`\`\`

### Ignored settings

- wayfare.mode: is ignored

### Recent failures

- 1970-01-01T00:00:00.000Z gate/small auth: 401 from the gateway

### Doctor

- broken: gate: LiteLLM, 127.0.0.1:4000, Key: The key was refused: no such key. → Enter another.

### Log

\`\`\`
1970-01-01T00:00:00.000Z info started
\`\`\`
`);
  });
});

const noDocument = { openIfNeeded: () => Promise.resolve(false), changed: () => undefined };

describe("the log", () => {
  it("takes every key out of every line, whoever wrote it", () => {
    const lines: string[] = [];
    const take = (line: string) => void lines.push(line);
    const log = createLog(
      { debug: take, info: take, warn: take, error: take, show: () => undefined },
      createRedactor(() => ["my-odd-secret"]),
      () => 0,
      noDocument,
    );
    log.info("connecting with my-odd-secret");
    log.write({ level: "warn", message: "printed: sk-proj-abcdefghijklmnop" });
    expect(lines.join("\n")).not.toMatch(/my-odd-secret|abcdefghijklmnop/);
    expect(lines).toHaveLength(2);
    expect(log.recent()).toEqual([
      `1970-01-01T00:00:00.000Z info ${lines[0]}`,
      `1970-01-01T00:00:00.000Z warn ${lines[1]}`,
    ]);
  });

  it("remembers its latest five hundred lines", () => {
    const quiet = () => undefined;
    const channel = { debug: quiet, info: quiet, warn: quiet, error: quiet, show: quiet };
    const log = createLog(
      channel,
      (text) => text,
      () => 0,
      noDocument,
    );
    for (let index = 0; index < 600; index += 1) log.info(`line ${index}`);
    expect(log.recent()).toHaveLength(500);
    expect(log.recent().at(-1)).toBe("1970-01-01T00:00:00.000Z info line 599");
  });
});

describe("the host", () => {
  it.each([
    [undefined, {}, ""],
    ["wsl", { WSL_DISTRO_NAME: "Ubuntu" }, "WSL: Ubuntu"],
    ["wsl", {}, "WSL"],
    ["ssh-remote", {}, "SSH"],
    ["dev-container", {}, "a container"],
    ["attached-container", {}, "a container"],
    ["codespaces", {}, "Codespaces"],
    ["tunnel", {}, "tunnel"],
    ["127.0.0.1:8377", {}, ""],
    ["code.example.com", {}, ""],
    ["localhost", {}, ""],
  ])("%s is called by its name", (remoteName, environment, label) => {
    expect(describeHost(remoteName, environment)).toBe(label);
  });
});
