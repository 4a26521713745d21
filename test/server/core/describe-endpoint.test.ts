import { describe, expect, it } from "vitest";
import { type EndpointSeen, endpointFinding } from "../../../server/core/describe-endpoint.ts";

const running = { state: "running", urls: [], spentNano: 0, requests: 0 } as const;
const find = (state: EndpointSeen["state"], holder: EndpointSeen["holder"]) => {
  const { state: found, seen, ways } = endpointFinding({ port: 8_377, state, holder });
  return [found, seen, ...ways.map(({ words }) => words)];
};

describe("the doctor on the local endpoint", () => {
  it("says who answers, and that the token matches", () => {
    expect(find({ ...running, urls: [] }, "ours")).toEqual([
      "ok",
      "This window answers at port 8377, and the token matches.",
    ]);
    expect(find({ ...running, urls: [], state: "elsewhere" }, "ours")).toEqual([
      "ok",
      "Another window answers at port 8377, and the token matches.",
    ]);
  });

  it("says what is wrong, and what can be done", () => {
    expect(find({ state: "foreign", port: 8_377 }, "wayfare")).toEqual([
      "broken",
      expect.stringMatching(/^Another Wayfare answers at port 8377, with a token of its own: /),
      "Open wayfare.endpoint.port",
    ]);
    expect(find({ state: "failed", message: "Another program uses port 8377." }, "other")).toEqual([
      "broken",
      "Another program uses port 8377.",
      "Open wayfare.endpoint.port",
    ]);
    expect(find({ ...running, urls: [] }, "other")).toEqual([
      "broken",
      "Nothing of Wayfare's answers at port 8377.",
      "Restart the server",
    ]);
  });
});
