import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../server/engine/clock.ts";
import { createDeviceLogin } from "../../../server/engine/device-login.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { type RawServer, startRawServer } from "../providers/raw-server.ts";

/** A login in the browser over real sockets; the vendor's answers are as its public client reads them. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Pauses are over at once, and noted in seconds. */
function hastyClock(): Clock & { pauses: number[] } {
  let ticksMs = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => ticksMs,
    ticks: () => ticksMs,
    after(delayMs, run) {
      const timer = setImmediate(() => {
        ticksMs += delayMs;
        pauses.push(delayMs / 1_000);
        run();
      });
      return () => clearImmediate(timer);
    },
  };
}

type Reply = { status?: number; headers?: Record<string, string>; body: unknown };
const said = (message: string, status = 400, headers = {}): Reply => ({
  status,
  headers,
  body: { code: status, message },
});
const granted: Reply = { body: { code: 0, message: "ok", data: { access_token: "sk-tm-new", token_type: "Bearer" } } };
const code = {
  device_code: "dev-1",
  user_code: "ABCD-1234",
  verification_uri: "https://tokenmix.ai/device",
  verification_uri_complete: "https://tokenmix.ai/device?code=ABCD-1234",
  expires_in: 60,
  interval: 5,
};

async function vendor(polls: readonly Reply[], first: Reply = { body: { code: 0, data: code } }) {
  const replies = [...polls];
  const server: RawServer = await startRawServer((request, response) => {
    const isFirst = request.url === "/api/auth/device/code";
    const reply = isFirst ? first : replies.length > 1 ? replies.shift() : replies[0];
    response.writeHead(reply?.status ?? 200, { "content-type": "application/json", ...reply?.headers });
    response.end(typeof reply?.body === "string" ? reply.body : JSON.stringify(reply?.body));
  });
  closers.push(() => server.close());
  const http = createHttp(networkSettingSchema.parse({ proxySupport: "off" }));
  closers.push(() => http.close());
  const clock = hastyClock();
  const keys: string[] = [];
  const login = createDeviceLogin({
    withHttp: (use) => use(http),
    clock,
    createId: () => "one",
    onKey: (key) => keys.push(key),
  });
  const begin = () => login.start({ preset: "tokenmix", baseUrl: `${server.origin}/v1` }, signal());
  const whole = async () => {
    const started = await begin();
    return started.ok ? login.finish(started.loginId, signal()) : started;
  };
  return { server, login, begin, whole, clock, keys };
}
const signal = () => new AbortController().signal;
const failed = (message: string) => ({ ok: false, failure: { kind: "setup", field: "key", message } });

describe("a login in the browser", () => {
  it("shows a code and its page, waits as the vendor asks it to, and gives the key once it is confirmed", async () => {
    const pending = said("authorization_pending");
    const { server, begin, login, clock, keys } = await vendor([
      pending,
      said("slow_down", 429, { "retry-after": "9" }),
      pending,
      granted,
    ]);
    const started = await begin();
    expect(started).toEqual({
      ok: true,
      loginId: "one",
      userCode: "ABCD-1234",
      page: "https://tokenmix.ai/device?code=ABCD-1234",
    });
    expect(await login.finish("one", signal())).toEqual({ ok: true, key: "sk-tm-new" });
    expect(clock.pauses).toEqual([5, 5, 9, 9]);
    // The redactor of logs knows it before anybody else does.
    expect(keys).toEqual(["sk-tm-new"]);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /api/auth/device/code",
      ...Array.from({ length: 4 }, () => "POST /api/auth/device/token"),
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({ client_name: "Wayfare" });
    expect(JSON.parse(server.requests[1]?.body ?? "")).toMatchObject({ device_code: "dev-1" });
    expect(server.requests.some(({ headers }) => "authorization" in headers)).toBe(false);
  });

  it("understands a vendor that speaks as RFC 8628 does", async () => {
    const { verification_uri_complete: _none, interval: _default, ...bare } = code;
    const { begin, login, clock } = await vendor(
      [{ status: 400, body: { error: "slow_down" } }, { body: { access_token: "k" } }],
      { body: bare },
    );
    expect(await begin()).toMatchObject({ page: "https://tokenmix.ai/device" });
    expect(await login.finish("one", signal())).toEqual({ ok: true, key: "k" });
    expect(clock.pauses).toEqual([5, 10]);
  });

  it.each([
    ["denied", "access_denied", "TokenMix: the login was denied on the page. Try again, or paste a key."],
    ["too late", "expired_token", "TokenMix: the code was not confirmed in time. Try again."],
    [
      "refused for another key",
      "api_key_limit_reached",
      "TokenMix: your account has as many keys as it may have. Delete one on its page of keys, or paste one of them.",
    ],
  ])("ends when it was %s", async (_what, word, message) => {
    const { whole, keys } = await vendor([said(word)]);
    expect(await whole()).toEqual(failed(message));
    expect(keys).toEqual([]);
  });

  it("ends by itself when the code is too old, however long the vendor says pending", async () => {
    const { whole, clock, server } = await vendor([said("authorization_pending")]);
    expect(await whole()).toEqual(failed("TokenMix: the code was not confirmed in time. Try again."));
    expect(clock.pauses).toHaveLength(12);
    expect(server.requests).toHaveLength(13);
  });

  it("outlasts a gateway that is down for a moment", async () => {
    const { whole, clock } = await vendor([{ status: 502, body: "<html>Bad gateway</html>" }, granted]);
    expect(await whole()).toEqual({ ok: true, key: "sk-tm-new" });
    expect(clock.pauses).toEqual([5, 10]);
  });

  it("is given up with its request, and asked about no more", async () => {
    const { begin, login, server } = await vendor([said("authorization_pending")], {
      body: { data: { ...code, expires_in: 3_600 } },
    });
    await begin();
    const cancel = new AbortController();
    const waiting = login.finish("one", cancel.signal);
    await expect.poll(() => server.requests.length).toBeGreaterThan(2);
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await server.untilSockets(0);
    const count = server.requests.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests.length).toBe(count);
    expect(await login.finish("one", signal())).toEqual(failed("This login is over. Begin it again."));
  });

  it.each<[string, Reply, string]>([
    [
      "refuses",
      said("too many logins", 429),
      "TokenMix gave no code for a login (429). It says: too many logins Paste a key instead, or try again later.",
    ],
    [
      "answers with a page",
      { body: "<html>hello</html>" },
      "TokenMix gave no code for a login (200). Paste a key instead, or try again later.",
    ],
    [
      "names a page that anybody can read on the way",
      { body: { data: { ...code, verification_uri_complete: "http://tokenmix.ai/device" } } },
      "TokenMix named no page that can be opened for a login. Paste a key instead.",
    ],
    [
      "names no page but a script",
      { body: { data: { ...code, verification_uri_complete: "javascript:alert(1)" } } },
      "TokenMix named no page that can be opened for a login. Paste a key instead.",
    ],
  ])("says why there is no code where the vendor %s", async (_what, first, message) => {
    const { begin } = await vendor([granted], first);
    expect(await begin()).toEqual(failed(message));
  });

  it("is not offered where the vendor has none", async () => {
    const { login } = await vendor([granted]);
    expect(await login.start({ preset: "openai" }, signal())).toEqual(
      failed("OpenAI has no login in the browser. Paste a key."),
    );
  });
});
