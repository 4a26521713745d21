import { createGzip } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHttp } from "../../../server/providers/http.ts";
import { isAbort } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { startRawServer } from "./raw-server.ts";

describe("a body that came packed", () => {
  it("closes the socket when it is left early, or its reader aborts", async () => {
    const packed = await startRawServer((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const zip = createGzip();
      zip.pipe(response);
      zip.write("begin");
      zip.flush();
    });
    onTestFinished(() => packed.close());
    const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
    onTestFinished(() => http.close());
    const get = (signal: AbortSignal) => http.request(packed.origin, { method: "GET", headers: {}, signal });

    for await (const chunk of (await get(new AbortController().signal)).body) {
      expect(Buffer.from(chunk).toString()).toBe("begin");
      break;
    }
    await packed.untilSockets(0);

    const reader = new AbortController();
    const body = (await get(reader.signal)).body[Symbol.asyncIterator]();
    await body.next();
    const pending = body.next().catch((reason: unknown) => reason);
    reader.abort();
    expect(isAbort(await pending)).toBe(true);
    await packed.untilSockets(0);
  });
});
