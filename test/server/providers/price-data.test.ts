import { expect, it, onTestFinished } from "vitest";
import { createHttp } from "../../../server/providers/http.ts";
import { downloadPriceData } from "../../../server/providers/price-data.ts";
import { failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { type Answer, startRawServer } from "./raw-server.ts";

async function download(answer: Answer) {
  const server = await startRawServer(answer);
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  onTestFinished(() => server.close());
  onTestFinished(() => http.close());
  const text = await downloadPriceData(http, AbortSignal.timeout(5_000), 0, `${server.origin}/data.json`).catch(
    failureOf,
  );
  return { text, headers: server.requests[0]?.headers };
}

it("the list of known prices is read through our own way out, and nothing of the person's goes with it", async () => {
  const { text, headers } = await download((_request, response) => void response.end("[1]"));
  expect(text).toBe("[1]");
  expect(Object.keys(headers ?? {}).sort()).toEqual(["accept", "accept-encoding", "connection", "host", "user-agent"]);
});

it("a web page, and a refusal, are said to be that", async () => {
  const page = await download((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><html>Log in to the Wi-Fi</html>");
  });
  expect(page.text).toMatchObject({
    kind: "not-an-api",
    message: expect.stringMatching(/^127\.0\.0\.1:\d+ answered with a web page in place of a list of prices\.$/),
  });
  const gone = await download((_request, response) => void response.writeHead(503).end("busy"));
  expect(gone.text).toMatchObject({ kind: "overloaded" });
});
