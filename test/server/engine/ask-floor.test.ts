import { expect, it } from "vitest";
import { type Route, routeName } from "../../../server/core/provider.ts";
import { engine, frontierRoute } from "./ask-scene.ts";
import { routeOf } from "./scripted-provider.ts";

const small = routeOf("small", { windowTokens: 6_000 });
/** A rename of some 7,600 tokens; the answer may take 4,096. */
const long = `Rename the variable a to b in this.\n${"let a = 1;\n".repeat(1_000)}`;

it("says on the line why no cheap model could be asked, not what the question was taken for", async () => {
  const { put } = await engine({ routes: [small, frontierRoute] });
  const { decision } = await put(long);
  expect(decision).toMatchObject({
    why: "no cheap model has room for it (6,000 tokens; it needs 11,700)",
    answeredBy: { tier: "frontier" },
    classification: { tier: "cheap" },
  });
  // What it was taken for stands in the panel, behind what decided.
  expect(decision?.classification?.reasons).toMatchObject([
    { feature: "floor", words: decision?.why, weight: 0 },
    { words: "a rename" },
    { words: "a short question" },
  ]);
});

it("leaves the words of the classifier where a cheap model has room", async () => {
  const { put } = await engine({ routes: [small, frontierRoute] });
  const { decision } = await put("Rename the variable a to b.");
  expect(decision).toMatchObject({ why: expect.stringMatching(/^a rename/), answeredBy: { tier: "cheap" } });
});

it("keeps no conversation on frontier for that", async () => {
  const { put } = await engine({ routes: [small, frontierRoute] });
  await put(long);
  const { decision } = await put("Rename the variable a to b.");
  expect(decision?.answeredBy?.tier).toBe("cheap");
});

it.each([
  ["no cheap model is set up", { routes: [frontierRoute] }],
  [
    "the only cheap model is out: outside wayfare.pool",
    { routes: [small, frontierRoute], pool: [[routeName(frontierRoute)]] },
  ],
])(
  "says that there was no other tier to ask: %s",
  async (why, { routes, pool }: { routes: Route[]; pool?: string[][] }) => {
    const { put } = await engine({ routes, settings: pool === undefined ? {} : { pool } });
    const { decision } = await put("Rename the variable a to b.");
    expect(decision).toMatchObject({ why, answeredBy: { tier: "frontier" }, classification: { tier: "cheap" } });
    expect(decision?.classification?.reasons[0]).toEqual({ feature: "floor", words: why, weight: 0 });
  },
);
