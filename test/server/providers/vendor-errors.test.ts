import { afterAll, describe, expect, it } from "vitest";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { fillBaseUrl, presets } from "../../../shared/presets.ts";
import { networkSettingSchema, type PresetId, presetIds } from "../../../shared/settings.ts";
import { vendorPageFor } from "../../../shared/vendor-pages.ts";
import { startRawServer } from "./raw-server.ts";
import { natives, vendors } from "./vendors/all.ts";
import { type NativeVendor, nativeVendors } from "./vendors/natives.ts";
import { KEY, type VendorError } from "./vendors/vendor.ts";

const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
afterAll(() => http.close());

/** What the fixtures in `vendors/` say of each preset's errors, in one form. */
const isNative = (preset: PresetId): preset is (typeof natives)[number] => natives.some((each) => each === preset);
function factsOf(preset: PresetId): NativeVendor {
  if (isNative(preset)) return nativeVendors[preset];
  const { modelId, errors, undocumented } = vendors[preset];
  const places = { account: "my-account", gateway: "my-gateway", resource: "my-resource" };
  const address = presets[preset].baseUrl === null ? "http://h/v1" : fillBaseUrl(presets[preset], places);
  return { askedAs: preset, modelId, path: new URL(address).pathname.replace(/\/$/, ""), errors, undocumented };
}

/** The error as the preset's vendor answers with it over a socket, as a person is told of it. */
async function told({ askedAs, modelId, path }: NativeVendor, error: VendorError): Promise<Failure> {
  const server = await startRawServer((_request, response) => {
    response.writeHead(error.status, { "content-type": "application/json", ...error.headers }).end(error.body);
  });
  try {
    const setting = { id: "vendor", preset: askedAs, baseUrl: server.origin + path };
    const provider = createProvider({ setting, key: KEY, http });
    const request = { modelId, messages: [{ role: "user" as const, text: "Which type?" }], maxOutputTokens: 300 };
    for await (const _part of provider.stream(request, { signal: new AbortController().signal }));
    return expect.unreachable("it answered");
  } catch (thrown) {
    const failure = failureOf(thrown);
    return { ...failure, message: failure.message.replaceAll(`127.0.0.1:${server.port}`, "HOST") };
  } finally {
    await server.close();
  }
}

/** The classes a person can do something about; each sentence about one ends with what. */
const mended = ["key", "credit", "access", "region", "rate", "model", "context", "moderation"];
const table = new Map<PresetId, string[]>();

describe.each([...presetIds])("%s", (preset) => {
  const facts = factsOf(preset);
  const rows: string[] = [];
  table.set(preset, rows);

  it.each(facts.errors)("$trouble: $kind, the vendor's words, the mend and the page", async (error) => {
    const failure = await told(facts, error);
    expect(failure.kind).toBe(error.kind);
    expect(failure.message).toContain(error.words.replace("127.0.0.1", "HOST"));
    expect(failure.message).not.toContain(KEY);
    if (mended.includes(error.trouble)) expect(failure.message).toMatch(/" [A-Z][^"]*("[^"]*"[^"]*)?\.$/);

    const page = vendorPageFor(failure, preset);
    const behind = "upstream" in failure ? failure.upstream?.name : undefined;
    const names = [presets[preset].label.replace(/(,| \().*$/, ""), ...(behind === undefined ? [] : [behind])];
    if (page !== null) {
      expect(page.url).toMatch(/^https:\/\/[\w.-]+/);
      expect(names).toContain(page.words.split(": ")[0]);
    }
    rows.push(`  ${error.trouble} → ${error.kind}\n    ${failure.message}\n    ${linkWords(page)}`);
  });
});

function linkWords(page: { words: string; url: string } | null): string {
  return page === null ? "(no page)" : `${page.words} ${page.url}`;
}

it("reads as it is written down, preset by preset", async () => {
  const text = presetIds.map((preset) => {
    const { undocumented } = factsOf(preset);
    const silent = undocumented.length === 0 ? [] : [`  not documented: ${undocumented.join(", ")}`];
    return [`${preset} (${presets[preset].label})`, ...(table.get(preset) ?? []), ...silent].join("\n");
  });
  await expect(`${text.join("\n\n")}\n`).toMatchFileSnapshot("vendors/errors.txt");
});
