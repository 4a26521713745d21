import { expect, it } from "vitest";
import { sayRefused } from "../../client/say-refused.ts";
import type { Failure } from "../../shared/failure.ts";
import type { PresetId } from "../../shared/settings.ts";
import { type Reply, scriptedDialog } from "./scripted-dialog.ts";

async function say(failure: Failure, script: Reply[], preset: PresetId = "openai", baseUrl?: string) {
  const { dialog, seen } = scriptedDialog(script);
  const opened: string[] = [];
  const picked = await sayRefused(
    failure,
    { preset, key: "sk-1", withWhat: "", actions: ["Try Again"], ...(baseUrl === undefined ? {} : { baseUrl }) },
    {
      dialog,
      showLog: () => opened.push("log"),
      openPage: async (url) => opened.push(url) > 0,
    },
  );
  return { picked, seen, opened };
}

const message = 'It said no. "No." Do this.';

it("says the class in our words, what the vendor said with the mend, and opens the vendor's page without leaving", async () => {
  const quota = { kind: "quota", status: 429, message } as const;
  const { picked, seen, opened } = await say(quota, [
    { press: "OpenAI: credit" },
    { press: "Show Log" },
    { press: "Try Again" },
  ]);
  expect(picked).toBe("Try Again");
  const head = `The account at OpenAI has no credit, or is over its limit. ${message}`;
  expect(seen).toEqual([
    `fail inFront: ${head} {Try Again|OpenAI: credit|Show Log}`,
    `fail aside: ${head} {Try Again|Show Log}`,
    `fail aside: ${head} {Try Again}`,
  ]);
  expect(opened).toEqual(["https://platform.openai.com/settings/organization/billing/overview", "log"]);
});

it.each([
  [{ kind: "auth", status: 401, message }, "OpenAI did not accept the key.", "|OpenAI: keys"],
  [{ kind: "region", status: 403, model: null, message }, "OpenAI does not serve this region.", "|OpenAI: regions"],
  [{ kind: "rate-limit", retryAfterMs: null, message }, "OpenAI was asked too often.", "|OpenAI: limits"],
  [{ kind: "overloaded", status: 503, message }, "OpenAI is in trouble itself.", "|OpenAI: status"],
  [{ kind: "not-an-api", status: 404, contentType: "", message }, "OpenAI could not be reached.", ""],
] as [Failure, string, string][])("%s", async (failure, head, page) => {
  const { seen } = await say(failure, ["escape"]);
  expect(seen).toEqual([`fail inFront: ${head} ${message} {Try Again${page}|Show Log}`]);
});

it("knows a vendor that was entered as any address, and leads nowhere where there is no page", async () => {
  const quota = { kind: "quota", status: 402, message } as const;
  const known = await say(quota, ["escape"], "openai-compatible", "https://openrouter.ai/api/v1");
  expect(known.seen[0]).toContain("{Try Again|OpenRouter: credit|Show Log}");
  const own = await say(quota, ["escape"], "litellm", "http://127.0.0.1:4000");
  expect(own.seen[0]).toContain("{Try Again|Show Log}");
});
