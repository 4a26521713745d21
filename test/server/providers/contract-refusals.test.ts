import { describe, expect, it } from "vitest";
import type { Message, ProviderRequest } from "../../../server/core/provider.ts";
import { connectTo, hearRequest, openStream } from "./hear-provider.ts";
import { partWires, png, readFile, toolRequest } from "./part-wires.ts";
import type { Answer } from "./raw-server.ts";

/** What models and servers refuse, over real sockets: each case on both wires. */
describe.each(partWires)("$name", (wire) => {
  const answering =
    (...pieces: string[]): Answer =>
    (_request, response) =>
      void openStream(response).end(wire.begin + pieces.join(""));
  /** Refuses the first request, and answers the others. */
  const refusing = (status: number, message: string, then: Answer): Answer => {
    let count = 0;
    return (ask, response, body) => {
      if (count++ > 0) return then(ask, response, body);
      response.writeHead(status, { "content-type": "application/json" }).end(wire.error(message));
    };
  };
  const hear = async (answer: Answer, more: Partial<ProviderRequest> = {}) => {
    const [provider, server] = await connectTo(wire.preset, answer);
    const heard = await hearRequest(provider, { ...toolRequest, ...more });
    const bodies = server.requests.map((each) => JSON.parse(each.body));
    return { ...heard, provider, server, bodies };
  };

  describe("what a model does not take", () => {
    const fine = answering(wire.text("ok"), wire.end("stop"));
    const image: Message = { role: "user", text: "This?", images: [{ mediaType: "image/png", base64: png }] };
    const at: Message = { role: "user", text: "This?", images: [{ url: "https://example.com/a.png" }] };
    const pdf: Message = { role: "user", text: "This?", documents: [{ base64: "JVBERi0=" }] };
    const begun: Message[] = [
      { role: "user", text: "Count." },
      { role: "assistant", text: "One, two," },
    ];

    it.each([
      ["images", 404, "No endpoints found that support image input", { messages: [image] }],
      ["images", 400, "this model does not support image input (ref: 1)", { messages: [image] }],
      ["images", 400, "messages[0]: unknown variant `image_url`, expected `text`", { messages: [image] }],
      ["images", 500, "image input is not supported - hint: you may need to provide the mmproj", { messages: [image] }],
      ["images", 400, "this model does not support image input", { messages: [at] }],
      ["addresses", 400, "invalid image input", { messages: [at] }],
      ["addresses", 400, "'url' field must be a base64 encoded image.", { messages: [at] }],
      ["addresses", 400, "Invalid request: unsupported image url: https://example.com/a.png", { messages: [at] }],
      ["addresses", 400, "Only base64 encoded images are supported in image_url", { messages: [at] }],
      ["addresses", 422, "image_url.url must be a data: URL", { messages: [at] }],
      ["addresses", 400, "External image URLs are not supported.", { messages: [at] }],
      ["documents", 400, "Invalid Value: 'file'. This model does not support file content types.", { messages: [pdf] }],
      ["documents", 400, "PDF input is not supported by this model.", { messages: [pdf] }],
      ["tools", 404, 'No endpoints found that support tool use. Try disabling "read_file".', {}],
      ["tools", 400, "registry.example/library/gemma:2b does not support tools", {}],
      ["tools", 400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', {}],
      [
        "prefill",
        400,
        "This model does not support assistant message prefill. The conversation must end with a user message.",
        { messages: begun },
      ],
      [
        "prefill",
        400,
        "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
        { messages: begun },
      ],
    ])(
      "%s, said with %i: one attempt, a failure that names it, and not sent again",
      async (need, status, words, more) => {
        const refuse: Answer = (_request, response) =>
          void response.writeHead(status, { "content-type": "application/json" }).end(wire.error(words));
        const { failure, provider, server } = await hear(refuse, more);
        expect(failure).toMatchObject({ kind: "bad-request", status, parameter: need });
        expect(failure?.message).toContain(`"${words}"`);
        expect(provider.lacks?.(toolRequest.modelId)).toEqual([need]);
        expect(provider.lacks?.("another-model")).toEqual([]);
        expect((await hearRequest(provider, { ...toolRequest, ...more })).failure).toEqual(failure);
        expect(server.requests).toHaveLength(1);
      },
    );

    it.each([
      [
        "an image that is too large",
        "image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes",
        { messages: [image] },
      ],
      [
        "a format it cannot read",
        "unsupported image: the format is not supported, send image/png",
        { messages: [image] },
      ],
      [
        "an address that cannot be reached",
        "Error while downloading https://example.com/a.png: only https URLs that can be fetched are supported.",
        { messages: [at] },
      ],
      ["an image itself that is broken", "'url' field must be a base64 encoded image.", { messages: [image] }],
      ["a document that is too long", "A maximum of 100 PDF pages is supported.", { messages: [pdf] }],
      ["a document that is locked", "Password protected PDFs are not supported.", { messages: [pdf] }],
      ["a schema keyword", "tools.0.custom.input_schema: JSON schema is invalid, $ref is not supported", {}],
    ])("%s is no word about the model", async (_what, words, more) => {
      const refuse: Answer = (_request, response) =>
        void response.writeHead(400, { "content-type": "application/json" }).end(wire.error(words));
      const { failure, provider } = await hear(refuse, more);
      expect(failure?.kind).not.toBe("unknown-model");
      expect(provider.lacks?.(toolRequest.modelId)).toEqual([]);
    });

    it("a model that is not there is missing, whatever its name says", async () => {
      const refuse: Answer = (_request, response) =>
        void response
          .writeHead(404, { "content-type": "application/json" })
          .end(wire.error("The model gpt-4-vision is not available."));
      const { failure, provider } = await hear(refuse, { modelId: "gpt-4-vision", messages: [image] });
      expect(failure).toMatchObject({ kind: "unknown-model", model: "gpt-4-vision" });
      expect(provider.lacks?.("gpt-4-vision")).toEqual([]);
    });

    it("a refused temperature is left out at once, and remembered", async () => {
      const { failure, provider, server } = await hear(
        refusing(400, "temperature: is not supported by this model", fine),
        { temperature: 0.2 },
      );
      expect(failure).toBeNull();
      await hearRequest(provider, { ...toolRequest, temperature: 0.2 });
      const bodies = server.requests.map((each) => JSON.parse(each.body));
      expect(bodies.map((body) => "temperature" in body)).toEqual([true, false, false]);
    });

    it("refused cache marks are left out at once", async () => {
      const long: Message[] = [
        { role: "system", text: "word ".repeat(1_000) },
        { role: "user", text: "Why?" },
      ];
      const { failure, bodies } = await hear(refusing(400, "cache_control: extra inputs are not permitted", fine), {
        messages: long,
      });
      expect(failure).toBeNull();
      expect(bodies.map((body) => JSON.stringify(body).includes("cache_control"))).toEqual([true, false]);
    });

    it("a refused keyword of a tool's schema is left out, and a property of that name stays", async () => {
      const { failure, bodies } = await hear(
        refusing(400, 'Invalid JSON payload: unknown name "additionalProperties" at tools[0]', fine),
      );
      expect(failure).toBeNull();
      const schemas = bodies.map((body) => body.tools[0].function?.parameters ?? body.tools[0].input_schema);
      expect(schemas[0]).toEqual(readFile.parameters);
      expect(schemas[1]).toEqual({
        type: "object",
        properties: { path: { type: "string" }, strict: { type: "boolean" } },
        required: ["path"],
      });
    });

    it("the same refusal again ends the attempt", async () => {
      const { failure, server } = await hear(
        (_request, response) =>
          void response
            .writeHead(400, { "content-type": "application/json" })
            .end(wire.error("temperature: not supported")),
        { temperature: 1 },
      );
      expect(failure).toMatchObject({ kind: "bad-request", parameter: "temperature" });
      expect(server.requests).toHaveLength(2);
    });
  });
});
