import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, headerSecrets } from "../../shared/redact.ts";

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
