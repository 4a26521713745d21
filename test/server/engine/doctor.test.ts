import { describe, expect, it } from "vitest";
import { sumUp } from "../../../shared/doctor.ts";
import { type Answer, startRawServer } from "../providers/raw-server.ts";
import { empty, json, keyless, listOf, of, openList, refusedKey, start, states, vendor } from "./doctor-scene.ts";

/** What the doctor finds of a provider, over real sockets and real books. */

describe("a provider that is well", () => {
  it("is looked at step by step, each row told of as it begins and ends", async () => {
    const there = await vendor(openList(listOf("small", "large"), empty));
    const { run, told } = await start(
      [of("acme", there, { models: [{ id: "small", price: { input: 1, output: 2 } }] })],
      { tiers: { cheap: ["acme/small"] }, budget: { daily: 1 } },
    );
    const rows = await run();
    const seen = (check: string) => rows.get(`provider acme ${check}`);
    expect(rows.get("provider acme reach")?.group).toBe(`acme: OpenAI-compatible, 127.0.0.1:${there.port}`);
    expect(seen("address")?.seen).toBe("127.0.0.1 is written as an address, so nothing has to be found.");
    expect(seen("reach")?.seen).toMatch(/^Connected to 127\.0\.0\.1 in \d+ ms\.$/);
    expect(seen("tls")).toMatchObject({ state: "skipped", seen: "Plain http, which never leaves this machine." });
    expect(seen("proxy")?.seen).toBe("Directly: no proxy is set.");
    expect(seen("key")?.seen).toBe(
      "The provider accepts it: an empty question was refused for being empty, and not for its key.",
    );
    expect(seen("models")).toMatchObject({
      state: "ok",
      seen: "It lists 2 models. All that is set up is in it, and the price of the one set up is known.",
    });
    expect(seen("call")).toMatchObject({
      state: "skipped",
      seen: expect.stringMatching(/^Not asked\. One word of small costs at most \$0\.00\d+, and is sent only when/),
      offer: { providerId: "acme", modelId: "small", boundNano: expect.any(Number) },
    });
    expect([...rows.keys()].slice(-4)).toEqual(["ledger", "clock", "settings", "caps"]);
    expect(rows.get("caps")?.seen).toBe("All workspaces, a day: $0 spent of $1.00.");
    expect(rows.get("settings")?.seen).toBe("All of them can be used.");
    expect(rows.get("clock")?.seen).toMatch(/^Right to within \d+ s, by 127\.0\.0\.1:\d+\.$/);
    expect(rows.get("ledger")?.seen).toMatch(
      /wayfare\.sqlite: \d+ kB, schema (\d+) of \1; it can be written, and every page was read and is sound\.$/,
    );
    expect(sumUp([...rows.values()])).toBe("9 in order, 2 not checked");
    // Every row waits first, then is under way, then has ended, and none is told of after that.
    const ofKey = told.filter(({ id }) => id === "provider acme key").map(({ state }) => state);
    expect(ofKey).toEqual(["waiting", "checking", "ok"]);
    expect(told.slice(0, 11).map(({ state }) => state)).toEqual(Array(11).fill("waiting"));
    // No question that costs left.
    expect(there.requests.map(({ method, body }) => `${method} ${body}`)).toEqual(["GET ", "POST {}"]);
  });

  it("looks at the local endpoint where it is switched on, and has no row of it where it is not", async () => {
    const state = { state: "foreign", port: 8_377 } as const;
    const { run } = await start([], { endpoint: async () => ({ port: 8_377, state, holder: "wayfare" }) });
    expect((await run()).get("endpoint")).toMatchObject({ title: "Local endpoint", state: "broken" });
    expect([...(await run("endpoint")).keys()]).toEqual(["endpoint"]);
    expect((await (await start([])).run()).has("endpoint")).toBe(false);
  });

  it("names what is wrong with files that settings name, too", async () => {
    const message = "/tmp/nothere.pem cannot be read. Correct the path, or empty the setting.";
    const { run } = await start([], { otherProblems: [{ field: "wayfare.network.extraCaFile", message }] });
    expect((await run("settings")).get("settings")).toMatchObject({
      state: "broken",
      seen: `wayfare.network.extraCaFile: ${message}`,
    });
  });

  it("is checked again in one row alone, with no more than that needs", async () => {
    const there = await vendor(openList(listOf("small"), empty));
    const { run, told } = await start([of("acme", there), of("other", there)]);
    const rows = await run("provider acme models");
    expect([...rows.keys()]).toEqual(["provider acme models"]);
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set(["provider acme models"]));
    expect(rows.get("provider acme models")).toMatchObject({
      state: "warning",
      seen: "It lists 1 model. None of its models is in a tier.",
    });
    expect((await run("clock")).get("clock")?.state).toBe("ok");
    await run("caps");
    expect(there.requests.filter(({ url }) => url.endsWith("/models"))).toHaveLength(2);
  });
});

describe("a provider in trouble", () => {
  it("that refuses the key is quoted without it, with the ways to mend it", async () => {
    const there = await vendor(refusedKey);
    const { run } = await start([of("acme", there)]);
    const rows = await run();
    expect(states(rows, "acme")).toEqual({
      Address: "ok",
      Connection: "ok",
      Certificate: "skipped",
      "Way out": "ok",
      Key: "broken",
      Models: "skipped",
      "A tiny answer": "skipped",
    });
    const key = rows.get("provider acme key");
    expect(key?.seen).toContain("Incorrect API key provided");
    expect(key?.ways).toEqual([{ kind: "command", words: "Change the key", command: "changeKey" }]);
    expect(JSON.stringify([...rows])).not.toContain("secret");
  });

  it("whose list answers everybody has a wrong key found out all the same", async () => {
    const there = await vendor(openList(listOf("small"), refusedKey));
    const rows = await (await start([of("acme", there)])).run();
    expect(rows.get("provider acme key")?.state).toBe("broken");
    expect(rows.get("provider acme models")?.seen).toContain("It lists 1 model.");
  });

  it("that answers 200 to anything shows nothing of the key, and says so", async () => {
    const there = await vendor(openList(listOf("small"), json(200, {})));
    const rows = await (await start([of("acme", there)])).run();
    expect(rows.get("provider acme key")).toMatchObject({
      state: "skipped",
      seen: "What can be asked for nothing is answered whatever the key is. A tiny answer, below, tells.",
    });
  });

  it("that is a web page is told from an API", async () => {
    const there = await vendor((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title>");
    });
    const rows = await (await start([of("acme", there)])).run();
    expect(rows.get("provider acme models")).toMatchObject({
      state: "broken",
      ways: [{ kind: "setting", setting: "wayfare.providers" }],
    });
    expect(rows.get("provider acme key")?.state).toBe("skipped");
  });

  it.each([429, 451, 500])("that answers %s is not said to give no answer", async (status) => {
    const there = await vendor(json(status, { error: { message: "Not now, please." } }));
    const rows = await (await start([of("acme", there)])).run();
    expect(rows.get("provider acme models")?.seen).toContain("Not now, please");
    expect(rows.get("provider acme key")).toMatchObject({
      state: "skipped",
      seen: "What the provider answered, below, tells nothing of the key.",
    });
  });

  it("without credit is not said to want another key for its list", async () => {
    const there = await vendor(json(402, { error: { message: "Insufficient credit." } }));
    const rows = await (await start([of("acme", there)])).run();
    expect(rows.get("provider acme key")?.seen).toContain("Insufficient credit");
    expect(rows.get("provider acme models")?.seen).toBe("The list was not given, for the reason at the key, above.");
  });

  it("without a key is asked whether it answers without one, and not for its list alone", async () => {
    const closed = await vendor(openList(listOf("small"), refusedKey));
    const open = await vendor(openList(listOf("small"), empty));
    const silent = await vendor(openList(listOf("small"), json(500, {})));
    const providers = [of("closed", closed), of("open", open), of("silent", silent)].map(keyless);
    const rows = await (await start(providers)).run();
    expect(rows.get("provider closed key")).toMatchObject({
      state: "broken",
      seen: expect.stringContaining("Incorrect API key provided"),
    });
    expect(rows.get("provider open key")).toMatchObject({
      state: "ok",
      seen: "None is set, and none is needed: an empty question was refused for being empty, and not for want of a key.",
    });
    expect(rows.get("provider silent key")).toMatchObject({
      state: "skipped",
      seen: "None is set. The list of models asks for none; whether an answer does was not tried. A tiny answer, below, tells.",
    });
  });

  it("whose models were refused for the key lately says so, whatever free requests show", async () => {
    const chat: Answer = (request, response, body) =>
      (body === "{}" ? empty : json(402, { error: { message: "Insufficient credit." } }))(request, response, body);
    const there = await vendor(openList(listOf("small", "large"), chat));
    const models = [{ id: "small", price: { input: 1, output: 1 } }, "large"];
    const { run, test } = await start([of("acme", there, { models })], { tiers: { cheap: ["acme/small"] } });
    expect((await run()).get("provider acme key")?.state).toBe("ok");
    await test({ providerId: "acme", modelId: "small" });
    expect((await run()).get("provider acme key")).toMatchObject({
      state: "broken",
      seen: "The provider accepts it: an empty question was refused for being empty, and not for its key. But when small was asked last: out of credit. It rests.",
      ways: [{ command: "changeKey" }, { command: "showRoutes" }],
    });
  });

  it("whose models are in no tier offers one of them all the same, and says where it is not", async () => {
    const there = await vendor(openList(listOf("small"), empty));
    const models = [{ id: "small", price: { input: 1, output: 1 } }];
    const { run } = await start([of("acme", there, { models })]);
    const call = (await run()).get("provider acme call");
    expect(call?.offer).toMatchObject({ providerId: "acme", modelId: "small" });
    expect(call?.seen).toMatch(
      /^Not asked\. One word of small, which is in no tier, costs at most \$0\.\d+, and is sent only/,
    );
    const { offer } = call ?? {};
    expect(
      (await run("provider acme call", { allowNano: offer?.boundNano ?? 0 })).get("provider acme call")?.seen,
    ).toContain("you must provide a model parameter");
  });

  it("that hangs ends its row after a bound, with a clear text", async () => {
    const there = await vendor(() => new Promise(() => undefined));
    const rows = await (await start([of("acme", there)], { timeoutMs: 30 })).run();
    expect(rows.get("provider acme models")?.seen).toMatch(
      /^127\.0\.0\.1:\d+ took the connection and did not answer within 0\.03 s\./,
    );
    expect(rows.get("provider acme key")?.seen).toBe("It could not be tried, for the provider did not answer.");
    await there.untilSockets(0);
  });

  it("that is not there is asked nothing more once no connection came", async () => {
    const there = await startRawServer(empty);
    await there.close();
    const rows = await (await start([of("acme", there)])).run();
    expect(states(rows, "acme")).toMatchObject({ Connection: "broken", Key: "skipped", Models: "skipped" });
    expect(rows.get("provider acme key")?.seen).toBe("There is no connection to look at.");
  });

  it("names models of the tiers that are not in its list, and those without a price", async () => {
    const there = await vendor(openList(listOf("small"), empty));
    const { run } = await start([of("acme", there)], {
      tiers: { cheap: ["acme/small", "acme/smal"] },
      budget: { daily: 1 },
    });
    expect((await run()).get("provider acme models")).toMatchObject({
      state: "warning",
      seen: "It lists 1 model. Not in the list: smal. No price is known of small, smal.",
      advice: expect.stringContaining("Under a cap a model without a price is not asked"),
    });
  });

  it("with a clock that is hours away from ours, or ours from its, makes a warning", async () => {
    const there = await vendor((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", date: "Sun, 29 Nov 2026 12:00:00 GMT" });
      response.end(JSON.stringify({ data: [] }));
    });
    const { run } = await start([of("acme", there)], { now: () => Date.parse("2026-11-29T09:00:00Z") });
    expect((await run()).get("clock")).toMatchObject({
      state: "warning",
      seen: expect.stringMatching(/^It is 3 hours behind 127\.0\.0\.1:/),
    });
  });
});
