import { expect, it } from "vitest";
import { recogniseServer } from "../../../server/providers/recognise-server.ts";

const list = (...rows: object[]) => JSON.stringify({ object: "list", data: rows });

it.each([
  ["vllm", list({ id: "m", object: "model", created: 1, owned_by: "vllm" })],
  ["ollama", list({ id: "qwen2.5-coder:7b", object: "model", created: 1, owned_by: "library" })],
  ["llamacpp", list({ id: "m", object: "model", created: 1, owned_by: "llamacpp" })],
  ["lmstudio", list({ id: "m", object: "model", owned_by: "organization_owner" })],
  ["litellm", list({ id: "gpt-4o", object: "model", created: 1677610602, owned_by: "openai" })],
  [null, list({ id: "a", owned_by: "vllm" }, { id: "b", owned_by: "library" })],
  [null, list({ id: "a", owned_by: "openai", created: 1 })],
  [null, list({ id: "a", owned_by: "constructor", created: 1 })],
  [null, list()],
  [null, "<html>hello</html>"],
  [null, ""],
])("knows %s by its list", (server, body) => {
  expect(recogniseServer(body)).toBe(server);
});
