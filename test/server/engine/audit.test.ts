import { expect, it } from "vitest";
import { createAudit } from "../../../server/engine/audit.ts";
import type { EndedRequest } from "../../../server/store/request-book.ts";

const request = (requestId: string): Omit<EndedRequest, "day"> => ({
  requestId,
  atMs: 1,
  book: "real",
  kind: "endpoint",
  workspace: "",
  sessionId: "s",
  language: "",
  route: { providerId: "p", modelId: "m", tier: "cheap" },
  state: "done",
  mode: "auto",
  why: "",
  classification: null,
  plan: [],
  leftOut: [],
  frontierNano: null,
  cheapNano: null,
  savedNano: null,
  question: null,
});

function start() {
  const written: string[] = [];
  let due = (): void => undefined;
  const requests = {
    async end({ requestId }: EndedRequest) {
      written.push(requestId);
    },
    async accept({ requestId }: { requestId: string }) {
      const isKnown = written.includes(requestId);
      if (isKnown) written.push(`${requestId} accepted`);
      return isKnown;
    },
    read: () => null,
    deleteDays: () => Promise.reject(new Error("Not asked for.")),
  };
  const store = { requests, ledger: { dayOf: () => "2026-11-20" } };
  const audit = createAudit({
    store: () => store,
    now: () => 1,
    onFault: (failure) => written.push(failure.message),
    soon(run) {
      due = run;
    },
  });
  return { audit, written, due: () => due() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("writes the first request at once, and those that end soon after it together", async () => {
  const { audit, written, due } = start();
  for (const id of ["a", "b", "c"]) audit.ended(request(id));
  await turn();
  expect(written).toEqual(["a"]);
  due();
  await turn();
  expect(written).toEqual(["a", "b", "c"]);
  audit.ended(request("d"));
  await turn();
  expect(written).toContain("d");
});

it("writes what waits when everything has to be written, and counts accepted code with its request", async () => {
  const { audit, written } = start();
  for (const id of ["a", "b"]) audit.ended(request(id));
  audit.accepted({ requestId: "b", lines: 2, how: "tab" });
  await audit.idle();
  expect(written).toEqual(["a", "b", "b accepted"]);
});
