import { expect, it } from "vitest";
import { presetIds } from "../../shared/settings.ts";
import { presetsOf, vendorPageFor } from "../../shared/vendor-pages.ts";

it("each vendor's page for keys is where a refused key leads, and all pages are https", () => {
  for (const preset of presetIds) {
    for (const kind of ["auth", "quota", "rate-limit", "overloaded", "server-error"] as const) {
      const page = vendorPageFor({ kind }, preset);
      if (page !== null) expect(new URL(page.url).protocol).toBe("https:");
    }
  }
  expect(vendorPageFor({ kind: "auth" }, "openai")).toEqual({
    words: "OpenAI: keys",
    url: "https://platform.openai.com/api-keys",
  });
  expect(vendorPageFor({ kind: "server-error" }, "groq")?.url).toBe("https://groqstatus.com");
  expect(vendorPageFor({ kind: "auth" }, "lmstudio")).toBeNull();
  expect(vendorPageFor({ kind: "budget" }, "openai")).toBeNull();
});

it("a vendor that was entered as any address is known by its host", () => {
  const vendors = presetsOf([
    { id: "or", preset: "openai-compatible", baseUrl: "https://openrouter.ai/api/v1" },
    { id: "x", preset: "nobody" },
    { preset: "openai" },
    null,
  ]);
  expect(vendors).toEqual({ or: "openrouter" });
  expect(presetsOf("none")).toEqual({});
});
