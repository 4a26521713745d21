import { describe, expect, it } from "vitest";
import { readMessages } from "../../../server/endpoint/anthropic-read-messages.ts";

describe("a schema for the answer", () => {
  const least = { model: "auto", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] };
  const format = { type: "json_schema", schema: { type: "object" } };
  const passed = (body: Record<string, unknown>) => readMessages({ ...least, ...body }).request.passedOn?.fields;

  it("is handed on, under its present name where it came under the one before", () => {
    expect(passed({ output_config: { format, effort: "low" } })).toEqual({ output_config: { format, effort: "low" } });
    expect(passed({ output_format: format })).toEqual({ output_config: { format } });
    expect(passed({ output_format: format, output_config: { effort: "low" } })).toEqual({
      output_config: { effort: "low", format },
    });
    expect(passed({ output_format: null })).toBeUndefined();
  });

  it("is not made one of two, nor of what is none", () => {
    for (const output_config of [{ format }, "x"]) {
      expect(passed({ output_format: format, output_config })).toEqual({ output_format: format, output_config });
    }
  });
});
