import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createChunkMould, readPlainChunk } from "../../../server/providers/plain-chunk.ts";

const chunk = (over: object = {}, choice: object = {}, delta: object = { content: "Hi" }) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta, finish_reason: null, logprobs: null, ...choice }],
  ...over,
});

describe("a chunk of text alone", () => {
  it.each([
    [chunk()],
    [chunk({ usage: null, system_fingerprint: "fp" })],
    [chunk({}, { index: undefined }, { role: "assistant", content: "Hi", refusal: null, tool_calls: null })],
  ])("is read at once: %j", (value) => {
    expect(readPlainChunk(value)).toEqual({ id: "chatcmpl-1", text: "Hi" });
  });

  it.each([
    ["a count", chunk({ usage: { prompt_tokens: 1 } })],
    ["an error", chunk({ error: { message: "no" } })],
    ["an object that is an error", chunk({ object: "error" })],
    ["an end", chunk({}, { finish_reason: "stop" })],
    ["another choice", chunk({}, { index: 1 })],
    ["two choices", chunk({ choices: [chunk().choices[0], chunk().choices[0]] })],
    ["none", chunk({ choices: [] })],
    ["thinking", chunk({}, {}, { content: "", reasoning_content: "hm" })],
    ["a call", chunk({}, {}, { content: "", tool_calls: [] })],
    ["a refusal", chunk({}, {}, { content: "", refusal: "no" })],
    ["content in parts", chunk({}, {}, { content: [{ type: "text", text: "Hi" }] })],
    ["a whole message", chunk({}, { message: { content: "Hi" } })],
    ["what a server counts by another name", chunk({ timings: { predicted_n: 3 } })],
    ["nothing", undefined],
    ["a text", "Hi"],
  ])("is none with %s: the schema reads it", (_words, value) => {
    expect(readPlainChunk(value)).toBeNull();
  });
});

describe("a mould of a chunk", () => {
  const spaced = (value: unknown) => JSON.stringify(value).replaceAll('":', '": ').replaceAll(',"', ', "');
  const learnt = (data: string) => {
    const mould = createChunkMould();
    const plain = readPlainChunk(JSON.parse(data));
    if (plain !== null) mould.learn(data, plain);
    return mould;
  };

  it("gives what a parser would, or nothing", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom('a"b', "\\", '","role":"x', 'x"content":"y', "\n", ""),
    );
    fc.assert(
      fc.property(texts, texts, fc.boolean(), (first, second, wide) => {
        const write = wide ? spaced : JSON.stringify;
        const mould = learnt(write(chunk({}, {}, { content: first })));
        const data = write(chunk({}, {}, { content: second }));
        const found = mould.read(data);
        if (found !== null) expect(found).toEqual(readPlainChunk(JSON.parse(data)));
      }),
    );
  });

  it("gives nothing for a chunk that says more, and for one that is cut", () => {
    const mould = learnt(JSON.stringify(chunk()));
    expect(mould.read(JSON.stringify(chunk({}, {}, { content: "yes" })))).toEqual({ id: "chatcmpl-1", text: "yes" });
    for (const other of [
      JSON.stringify(chunk({}, { finish_reason: "stop" })),
      JSON.stringify(chunk({ usage: { prompt_tokens: 1 } })),
      JSON.stringify(chunk({ id: "chatcmpl-2" })),
      JSON.stringify(chunk({}, {}, { content: "a", refusal: "b" })),
      JSON.stringify(chunk({}, {}, { content: 'a"b' })),
      JSON.stringify(chunk()).slice(0, -1),
      "",
    ]) {
      expect(mould.read(other)).toBeNull();
    }
  });

  it("learns nothing from a chunk with another field of that name", () => {
    const data = JSON.stringify({ ...chunk(), provider: "p", model: "m" }).replace(
      '"model":"m"',
      '"model":null,"content":"x"',
    );
    expect(learnt(data).read(data)).toBeNull();
  });
});
