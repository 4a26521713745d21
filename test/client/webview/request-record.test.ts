// @vitest-environment jsdom
import { expect, it } from "vitest";
import { requestRecord } from "../../../client/webview/request-record.ts";
import { record } from "./harness/costs-scenes.ts";

it("says once that another tool asked for it, and from which book", () => {
  const told = (workspace: string) =>
    requestRecord({ state: "known", record: { ...record, kind: "endpoint", workspace } }, () => undefined).textContent;
  expect(told("endpoint")?.split("Local endpoint")).toHaveLength(2);
  expect(told("endpoint:ci")).toMatch(/ · Local endpoint: ci · /);
});
