import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../server/core/read-settings.ts";
import { createRedactor, headerSecrets, keySecrets } from "../../shared/redact.ts";

const none = createRedactor(() => []);
const check = (line: string, redacted: string) => expect(none(line)).toBe(redacted);

describe("redact", () => {
  it("takes out keys by their shape", () => {
    check("key sk-proj-abcDEF123456_-789 refused", "key sk-[redacted] refused");
    check("sk-ant-api03-AAAABBBBCCCC-dddd", "sk-[redacted]");
    check("sk-or-v1-0123456789abcdef0123", "sk-[redacted]");
    check("?key=AIzaSyA1234567890abcdefghijklmnop", "?key=[redacted]");
    check("found AIzaSyA1234567890abcdefghijklmnop in env", "found [redacted] in env");
    check("gsk_0123456789abcdefghij", "gsk_[redacted]");
    check(`not let in: wf-${"aB3_-".repeat(8)}xyz.`, "not let in: wf-[redacted].");
    check("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "[redacted]");
  });

  it("takes out what headers carry, however they are written", () => {
    check("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]");
    check('{"authorization":"Bearer abcdefgh1234"}', '{"authorization":"Bearer [redacted]"}');
    check("proxy-authorization: Basic dXNlcjpwYXNz", "proxy-authorization: Basic [redacted]");
    check("Proxy-Authorization=Basic dXNlcjpwYXNz", "Proxy-Authorization=Basic [redacted]");
    check('"x-api-key": "0123456789"', '"x-api-key": "[redacted]"');
    check("{ 'x-api-key': 'k-0123' }", "{ 'x-api-key': '[redacted]' }");
    check("sent bearer 0123456789abcdef", "sent bearer [redacted]");
  });

  it("takes the password out of an address and leaves the rest", () => {
    check("via http://ada:s3cret@proxy.corp:8080/", "via http://ada:[redacted]@proxy.corp:8080/");
    check("GET https://api.example.com/v1?api_key=abc123&x=1", "GET https://api.example.com/v1?api_key=[redacted]&x=1");
  });

  it("takes out what signs an address, and leaves where it lies", () => {
    check(
      "no image at https://b.s3.example.com/a.png?X-Amz-Credential=AK%2F1&X-Amz-Expires=60&X-Amz-Signature=0a1b, it says",
      "no image at https://b.s3.example.com/a.png?X-Amz-Credential=[redacted]&X-Amz-Expires=60&X-Amz-Signature=[redacted] it says",
    );
    check("https://b.example.com/a?X-Goog-Signature=0a1b#x", "https://b.example.com/a?X-Goog-Signature=[redacted]#x");
    check('"https://b.example.com/a.png?se=2&sig=a%2Fb"', '"https://b.example.com/a.png?se=2&sig=[redacted]"');
  });

  it("leaves ordinary lines alone", () => {
    for (const line of [
      "chat openai/gpt-5.4-mini 200 in 1.2 s, 431 tokens",
      "sk-1 is too short to be a key",
      "the task-list of src/desk-top.ts",
      "https://api.openai.com/v1/chat/completions",
      "bearer of bad news",
      "http://127.0.0.1:8080/v1",
    ]) {
      check(line, line);
    }
  });

  it("takes out the very secrets in use: as they are, in an address, in JSON and as Basic credentials", () => {
    const secret = 'ada:p@ss w"ord/1';
    const redact = createRedactor(() => [secret]);
    const basic = Buffer.from(secret).toString("base64");
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret), basic]) {
      expect(redact(`before ${form} after`)).toMatch(/^before "?\[redacted\]"? after$/);
    }
  });

  it("asks for the secrets anew each time, the longest first, and ignores those too short to guard anything", () => {
    let secrets = ["abcdef", "abcdefghij", "on"];
    const redact = createRedactor(() => secrets);
    expect(redact("go on with abcdefghij and abcdef")).toBe("go on with [redacted] and [redacted]");
    secrets = [];
    expect(redact("abcdefghij")).toBe("abcdefghij");
  });

  it("never lets a known secret through and never throws", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: "binary" }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!"[redacted]".includes(secret) && secret.trim() === secret);
        const redacted = createRedactor(() => [secret])(before + secret + after);
        expect(redacted.includes(secret) && !before.includes(secret) && !after.includes(secret)).toBe(false);
      }),
    );
  });

  it("takes time linear in the text", () => {
    for (const line of [
      "a".repeat(200_000),
      "https://a:".repeat(20_000),
      "sk-".repeat(60_000),
      "bearer ".repeat(30_000),
    ]) {
      expect(none(line).length).toBeGreaterThan(0);
    }
  });
});

describe("values of headers", () => {
  it("are secrets, whole and without the word before a token, of every row that can be read", () => {
    const providers = [
      { id: "gate", headers: { authorization: "Bearer plain-token-1", "x-team": "team-secret", "x-count": 7 } },
      { id: "odd", headers: ["not-headers"] },
      null,
      "nonsense",
    ];
    expect(headerSecrets(providers)).toEqual(["Bearer plain-token-1", "plain-token-1", "team-secret"]);
    expect(headerSecrets("nonsense")).toEqual([]);
    const redact = createRedactor(() => headerSecrets(providers));
    expect(redact("gate refused plain-token-1 of team-secret")).toBe("gate refused [redacted] of [redacted]");
  });
});

it("knows what of a key is a secret: nothing where it only says where credentials lie", () => {
  for (const key of [null, "environment", "default", "profile:work", "file:/keys/mine.json"]) {
    expect(keySecrets(key)).toEqual([]);
  }
  expect(keySecrets("sk-1234567890")).toEqual(["sk-1234567890"]);
  expect(keySecrets("AKIAIOSFODNN7EXAMPLE:secret:token")).toEqual([
    "AKIAIOSFODNN7EXAMPLE:secret:token",
    "AKIAIOSFODNN7EXAMPLE",
    "secret",
    "token",
  ]);
});

/** Every text of ours that is a sentence, as the sources have it; what is put in is an "x". */
function ownSentences(): string[] {
  const root = new URL("../../", import.meta.url);
  const files = ["client", "server", "shared"].flatMap((room) =>
    readdirSync(new URL(room, root), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${room}/${path}`),
  );
  return files.flatMap((path) => {
    const code = readFileSync(new URL(path, root), "utf8").replace(/^\s*(\/\/|\/?\*).*$/gm, "");
    return [...code.matchAll(/"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`/g)]
      .map((found) => (found[1] ?? found[2] ?? found[3] ?? "").replace(/\$\{[^}]*\}/g, "x"))
      .filter((text) => /[a-z] [a-z]+ [a-z]/.test(text));
  });
}

describe("Wayfare's own words", () => {
  it("come through as they are, wherever they stand in the sources", () => {
    const sentences = ownSentences();
    expect(sentences.length).toBeGreaterThan(500);
    expect(sentences.filter((text) => none(text) !== text)).toEqual([]);
  });

  it("about a setting come through behind its name, as a list and diagnostics show them", () => {
    const keyFields = ["apiKey", "api_key", "api-key", "accessToken", "access_token", "password", "clientSecret"];
    const headers = { authorization: 7, "x-api-key": "two\nlines", "proxy-authorization": null, "x-goog-api-key": [] };
    const row = { id: "odd", preset: "openai", headers, ...Object.fromEntries(keyFields.map((name) => [name, "y"])) };
    const { problems } = readSettings({ providers: [row, { id: "a", preset: "b" }, 7] });
    const lines = problems.map(({ field, message }) => `${field}: ${message}`);
    expect(lines).toContain(
      'wayfare.providers[0].apiKey: Keys are not read from settings, which files and sync carry around. Remove it and run "Wayfare: Change Key".',
    );
    expect(lines.length).toBeGreaterThan(12);
    expect(lines.map(none)).toEqual(lines);
    // And no other text gets away by standing behind such a name.
    check("wayfare.providers[0].apiKey: hunter22", "wayfare.providers[0].apiKey: [redacted]");
    check("wayfare.providers[0].apiKey: hunter is mine", "wayfare.providers[0].apiKey: [redacted] is mine");
    check("apiKey: Keys are not", "apiKey: [redacted] are not");
    check("apiKey: Correct horse battery", "apiKey: [redacted] horse battery");
  });

  it("for what was taken out are not taken out again, however often a text passes", () => {
    for (const line of [
      '"Authorization": "[left out]"',
      '{ "x-api-key": "[left out]", "api-key": "[left out]" }',
      "apiKey: [redacted], password=[redacted]",
      "Authorization: Bearer [redacted]",
      "via http://ada:[redacted]@proxy.corp:8080/",
      "GET /v1?key=[redacted]&x=1",
      "sk-[redacted] gsk_[redacted]",
    ])
      check(line, line);
    check("Authorization: [redacted]hunter22", "Authorization: [redacted]");
    check("via http://user:passwords@proxy.corp", "via http://user:[redacted]@proxy.corp");
  });
});

it("lets no key through in any company, and says the same of what it has said already", () => {
  const letters = fc.stringMatching(/^[A-Za-z0-9]{24,40}$/);
  const places: readonly ((key: string) => string)[] = [
    (key) => `sk-${key}`,
    (key) => `AIza${key}`,
    (key) => `gsk_${key}`,
    (key) => `Authorization: Bearer ${key}`,
    (key) => `"authorization": "Basic ${key}"`,
    (key) => `x-api-key=${key}`,
    (key) => `wayfare.providers[3].apiKey: ${key}`,
    (key) => `wayfare.providers[3].apiKey: ${key} is not read`,
    (key) => `"password": "${key}"`,
    (key) => `http://user:${key}@host:80`,
    (key) => `https://host/v1?key=${key}`,
    (key) => `bearer ${key}`,
  ];
  const words = fc.constantFrom(
    "",
    "[redacted] ",
    "[left out] ",
    "Keys are not read from settings: ",
    "user:password ",
  );
  fc.assert(
    fc.property(letters, fc.constantFrom(...places), words, words, (key, place, before, after) => {
      const redacted = none(`${before}${place(key)} ${after}`);
      expect(redacted).not.toContain(key);
      expect(none(redacted)).toBe(redacted);
    }),
  );
});
