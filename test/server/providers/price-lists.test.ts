import { describe, expect, it } from "vitest";
import type { PresetId } from "../../../shared/settings.ts";
import { connectTo } from "./hear-provider.ts";

/** Vendors that state prices at another address than their list of models, over real sockets. */
async function pricesOf(preset: PresetId, pages: Record<string, unknown>) {
  const [provider, server] = await connectTo(preset, (request, response) => {
    const page = pages[request.url ?? ""];
    if (page === undefined) return void response.writeHead(404, { "content-type": "application/json" }).end("{}");
    const isText = typeof page === "string";
    response.writeHead(200, { "content-type": isText ? "text/html" : "application/json" });
    response.end(isText ? page : JSON.stringify(page));
  });
  const models = await provider.listModels({ signal: AbortSignal.timeout(5_000) });
  return {
    prices: models.map(({ id, price }) => {
      const rates =
        price === null || price === "free" ? price : price.tiers.map((tier) => [tier.inputUsd, tier.outputUsd]);
      return [id, rates];
    }),
    asked: server.requests.map(({ url, headers }) => [url, headers.authorization ?? null]),
  };
}

describe("a LiteLLM proxy", () => {
  const row = (id: string) => ({ id, object: "model", created: 1_677_610_602, owned_by: "openai" });
  const list = { object: "list", data: [row("fast"), row("smart"), row("twice"), row("half-known")] };
  const info = (model_name: string, input?: number, output?: number) => ({
    model_name,
    litellm_params: { model: "x" },
    model_info: { id: "1", input_cost_per_token: input ?? null, output_cost_per_token: output ?? null },
  });

  it("is asked at its root, with the person's key, what its models cost", async () => {
    const data = [
      info("fast", 2.5e-7, 0.000002),
      info("smart", 0, 0),
      info("twice", 0.000001, 0.000002),
      info("twice", 0.000003, 0.000015),
      info("half-known", 0.000001, 0.000002),
      info("half-known"),
      null,
      "noise",
    ];
    const { prices, asked } = await pricesOf("openai-compatible", { "/v1/models": list, "/model/info": { data } });
    expect(prices).toEqual([
      ["fast", [[0.25, 2]]],
      ["smart", null],
      ["twice", [[3, 15]]],
      ["half-known", null],
    ]);
    expect(asked).toEqual([
      ["/v1/models", "Bearer test-key-123"],
      ["/model/info", "Bearer test-key-123"],
    ]);
  });

  it("lists its models where it does not tell what they cost", async () => {
    for (const page of [undefined, "<!doctype html><html>Log in</html>", { detail: "no" }]) {
      const pages = { "/v1/models": list, ...(page === undefined ? {} : { "/model/info": page }) };
      expect((await pricesOf("openai-compatible", pages)).prices.map(([, price]) => price)).toEqual([
        null,
        null,
        null,
        null,
      ]);
    }
  });

  it("is known by its invented dates: nobody else is asked", async () => {
    const other = { data: [{ id: "m", created: 1_700_000_000 }, row("fast")] };
    expect((await pricesOf("openai-compatible", { "/v1/models": other })).asked).toHaveLength(1);
  });
});

describe("TokenMix", () => {
  const models = {
    data: [{ id: "openai/gpt-4o-mini" }, { id: "gpt-4o" }, { id: "claude-haiku-4.5" }, { id: "own/model" }],
  };
  const row = (model_id: string, short_id: string, input_price: number | string, output_price: number | string) => ({
    model_id,
    short_id,
    input_price,
    output_price,
    context_length: 128_000,
    status: 1,
  });
  const page = "/api/models?per_page=500";
  const listed = (...rows: object[]) => ({ "/v1/models": models, [page]: { code: 0, data: { list: rows } } });
  const agreeing = [
    row("openai/gpt-4o-mini", "gpt-4o-mini", 0.15, 0.6),
    row("openai/gpt-4o", "gpt-4o", "2.25", "9"),
    row("anthropic/claude-haiku-4.5", "claude-haiku-4.5", 1, 5),
  ];

  it("is believed where the makers' own prices agree in one unit; no key is sent for what is public", async () => {
    const { prices, asked } = await pricesOf(
      "tokenmix",
      listed(...agreeing, row("own/model", "model", 0.4, 1.6), null as never),
    );
    expect(prices).toEqual([
      ["openai/gpt-4o-mini", [[0.15, 0.6]]],
      ["gpt-4o", [[2.25, 9]]],
      ["claude-haiku-4.5", [[1, 5]]],
      ["own/model", [[0.4, 1.6]]],
    ]);
    expect(asked).toEqual([
      ["/v1/models", "Bearer test-key-123"],
      [page, null],
    ]);
  });

  it("has no known price where they do not, or nothing is left to compare", async () => {
    const unknown = models.data.map(({ id }) => [id, null]);
    const inYuan = agreeing.map((each) => ({
      ...each,
      input_price: Number(each.input_price) * 7.2,
      output_price: Number(each.output_price) * 7.2,
    }));
    for (const pages of [
      listed(...inYuan),
      listed(...agreeing.slice(0, 2)),
      listed(row("own/model", "model", 0.4, 1.6)),
      { "/v1/models": models, [page]: "<html>Down for maintenance</html>" },
      { "/v1/models": models },
    ]) {
      expect((await pricesOf("tokenmix", pages)).prices).toEqual(unknown);
    }
  });
});
