import { expect, it } from "vitest";
import { brokenBy } from "../../../server/core/mend-failure.ts";
import type { Failure } from "../../../shared/failure.ts";

/** What the doctor offers: the buttons as they read. */
const offered = (failure: Failure, preset: Parameters<typeof brokenBy>[1]) =>
  brokenBy(failure, preset).ways.map((way) => (way.kind === "link" ? `${way.words} ${way.url}` : way.words));
const message = "It said no.";

it.each<[Failure, string[]]>([
  [{ kind: "auth", status: 401, message }, ["Change the key", "Groq: keys https://console.groq.com/keys"]],
  [{ kind: "quota", status: 402, message }, ["Groq: credit https://console.groq.com/settings/billing"]],
  [
    { kind: "no-access", status: 403, model: "m", message },
    ["Open wayfare.tiers", "Groq: access to models https://console.groq.com/settings/project/limits"],
  ],
  [
    { kind: "unknown-model", model: "m", message },
    ["Open wayfare.tiers", "Groq: models https://console.groq.com/docs/models"],
  ],
  // Groq has no page of the places that it serves.
  [{ kind: "region", status: 403, model: null, message }, ["Open http.proxy", "Add a provider"]],
  [{ kind: "rate-limit", retryAfterMs: 1, message }, ["Groq: limits https://console.groq.com/settings/limits"]],
])("the doctor offers what mends $kind, and the vendor's own page", (failure, ways) => {
  expect(offered(failure, "groq")).toEqual(ways);
  expect(brokenBy(failure, "groq").seen).toBe(message);
});

it("a key that a gateway keeps is not changed here", () => {
  const upstream = { name: "Groq", account: "kept" } as const;
  expect(offered({ kind: "auth", status: 401, message, upstream }, "portkey")).toEqual([
    "Portkey: keys of other vendors https://app.portkey.ai/integrations",
  ]);
  const sent = { ...upstream, account: "sent" } as const;
  expect(offered({ kind: "auth", status: 401, message, upstream: sent }, "portkey-self-hosted")).toEqual([
    "Change the key",
    "Groq: keys https://console.groq.com/keys",
  ]);
});
