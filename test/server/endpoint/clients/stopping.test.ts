import { afterEach, expect, it, vi } from "vitest";
import { ask, start } from "../endpoint-scene.ts";
import { createFakeRelay, say } from "../fake-relay.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("stops without a wait when everybody has read their answer, though its books are still being kept", async () => {
  let keep = (): void => undefined;
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  const relay = createFakeRelay(async (asking) => {
    say("Hello.")(asking);
    await kept;
  });
  const { endpoint, port } = await start(relay);
  expect((await ask(port)).status).toBe(200);
  expect(endpoint.requests()).toBe(1);
  // The clock stands still: whoever waits for an answer to be read waits for ever.
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const closed = endpoint.close();
  keep();
  await closed;
  expect(endpoint.requests()).toBe(0);
}, 5_000);
