import { describe, expect, it } from "vitest";
import type { PresetId } from "../../../shared/settings.ts";
import { connectTo, openStream } from "./hear-provider.ts";

const answer = (id: unknown) =>
  [
    { id, choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
    { id, choices: [{ index: 0, delta: { content: "Hi" } }] },
    { id, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  ]
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .join("");

/** The ids that an answer tells, in order. */
async function idsOf(preset: PresetId, id: unknown, headers: Record<string, string> = {}): Promise<string[]> {
  const [provider] = await connectTo(preset, (_request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    openStream(response).end(`${answer(id)}data: [DONE]\n\n`);
  });
  const request = { modelId: "some/model", messages: [{ role: "user", text: "Hi" }] as const, maxOutputTokens: 9 };
  const ids: string[] = [];
  for await (const part of provider.stream(request, { signal: new AbortController().signal })) {
    if (part.type === "activity" && part.generationId !== undefined) ids.push(part.generationId);
  }
  return ids;
}

describe("the id by which a gateway can be asked what an answer cost", () => {
  it("is told once, from the events or before them from the headers", async () => {
    expect(await idsOf("openrouter", "gen-17-aB3")).toEqual(["gen-17-aB3"]);
    expect(await idsOf("openrouter", "gen-17-aB3", { "x-generation-id": "gen-17-aB3" })).toEqual(["gen-17-aB3"]);
    expect(await idsOf("openrouter", null, { "x-generation-id": "gen-18" })).toEqual(["gen-18"]);
  });

  it("is none where it cannot be asked by", async () => {
    for (const id of [null, "", 7, "a b", "../key", "x".repeat(201)]) expect(await idsOf("openrouter", id)).toEqual([]);
    expect(await idsOf("openai-compatible", "gen-17")).toEqual([]);
    expect(await idsOf("openai", "chatcmpl-1")).toEqual([]);
  });
});
