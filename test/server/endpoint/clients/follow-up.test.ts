import { afterEach, expect, it } from "vitest";
import { type Closer, listener, relayRequest, relayScene } from "../../engine/relay-scene.ts";

const closers: Closer[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const never = new AbortController().signal;

it("stays with its model when it comes with the last word of the answer, before that is in the books", async () => {
  const { relay } = await relayScene(closers);
  for (const isStreamed of [true, false]) {
    const session = `in a hurry ${isStreamed}`;
    const second = listener();
    let asked: Promise<void> | undefined;
    const first = listener({
      end() {
        asked = relay.ask(relayRequest({ session, isStreamed, question: "thanks" }), second, never);
      },
    });
    const question = "Prove that this lock-free queue is linearizable and find the race in it.";
    await relay.ask(relayRequest({ session, isStreamed, question }), first, never);
    await asked;
    expect(second.ends).toMatchObject([{ state: "done", beginning: { route: { modelId: "large" } } }]);
  }
});
