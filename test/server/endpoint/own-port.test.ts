import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { lookAtPort } from "../../../server/endpoint/look-at-port.ts";
import { createPortOwner } from "../../../server/endpoint/own-port.ts";
import type { EndpointState } from "../../../shared/endpoint.ts";

const token = "wf-a-token-that-is-long-enough-for-it";
const on = { enabled: true, port: 8377, token };

/** Windows of one machine, whose ports and clock are moved by hand. */
function machine() {
  const owners = new Map<number, string>();
  /** What whoever has the port lets in. */
  const shownAt = new Map<number, string>();
  const timers: (() => void)[] = [];
  let spentNano = 0;
  const tokens: string[] = [];
  const closed: (string | undefined)[] = [];
  return {
    owners,
    shownAt,
    tokens,
    closed,
    pay: (nano: number) => {
      spentNano += nano;
    },
    /** Lets everybody try again who waits to. */
    async tick() {
      for (const run of timers.splice(0)) run();
      await new Promise((resolve) => setImmediate(resolve));
    },
    window(name: string, over: { code?: string } = {}) {
      const states: EndpointState[] = [];
      const owner = createPortOwner({
        async listen({ port, token: shown }) {
          if (over.code !== undefined) throw Object.assign(new Error("listen"), { code: over.code });
          if (owners.has(port)) throw Object.assign(new Error("in use"), { code: "EADDRINUSE" });
          owners.set(port, name);
          shownAt.set(port, shown);
          tokens.push(shown);
          return {
            urls: [`http://127.0.0.1:${port}`],
            async close(why) {
              closed.push(why);
              owners.delete(port);
            },
          };
        },
        async lookAt(port, shown) {
          if (!owners.has(port) || owners.get(port) === "stranger") return "other";
          return shownAt.get(port) === shown ? "ours" : "wayfare";
        },
        spent: () => ({ spentNano, requests: 2 }),
        onState: (state) => states.push(state),
        onFault: (error) => {
          throw error;
        },
        later(_delayMs, run) {
          timers.push(run);
          return () => void (timers.includes(run) && timers.splice(timers.indexOf(run), 1));
        },
      });
      return { owner, states };
    },
  };
}

describe("the port", () => {
  it("belongs to the first window; the next takes over when that closes", async () => {
    const { window, owners, tick } = machine();
    const first = window("first");
    const second = window("second");
    const urls = ["http://127.0.0.1:8377"];
    expect(await first.owner.set(on)).toEqual({ state: "running", urls, spentNano: 0, requests: 2 });
    expect(await second.owner.set(on)).toEqual({ state: "elsewhere", urls, spentNano: 0, requests: 2 });
    await tick();
    expect(owners.get(8377)).toBe("first");
    await first.owner.close();
    await tick();
    expect(owners.get(8377)).toBe("second");
    expect(second.states.map(({ state }) => state)).toEqual(["elsewhere", "running"]);
  });

  it("that another program has is told with the mend, and taken once it is free", async () => {
    const { window, owners, tick } = machine();
    owners.set(8377, "stranger");
    const { owner } = window("ours");
    expect(await owner.set(on)).toEqual({
      state: "failed",
      message: "Another program uses port 8377. End it, or choose another port in wayfare.endpoint.port.",
    });
    owners.delete(8377);
    await tick();
    expect(owner.state().state).toBe("running");
  });

  it("that another Wayfare has, with a token of its own, is told apart from another window", async () => {
    const { window, owners, shownAt, tick } = machine();
    owners.set(8377, "headless");
    shownAt.set(8377, "a token of its own");
    const { owner, states } = window("ours");
    expect(await owner.set(on)).toEqual({ state: "foreign", port: 8377 });
    // Tried again by hand, and by itself, it says nothing twice.
    expect(await owner.set(on)).toEqual({ state: "foreign", port: 8377 });
    await tick();
    expect(states).toHaveLength(1);
    owners.delete(8377);
    await tick();
    expect(owner.state().state).toBe("running");
  });

  it("that nobody may use says so", async () => {
    const { window } = machine();
    expect(await window("ours", { code: "EACCES" }).owner.set({ ...on, port: 80 })).toEqual({
      state: "failed",
      message:
        "This machine lets nobody but its administrator use port 80. Choose one from 1024 on in wayfare.endpoint.port.",
    });
  });

  it("is given up for another, for another token, and when it is switched off", async () => {
    const { window, owners, tokens, tick } = machine();
    const { owner, states } = window("ours");
    await owner.set(on);
    await owner.set({ ...on, port: 9_000 });
    expect([...owners.keys()]).toEqual([9_000]);
    const other = `${token}-2`;
    await owner.set({ ...on, port: 9_000, token: other });
    expect(tokens).toEqual([token, token, other]);
    await owner.set({ ...on, port: 9_000, token: other });
    expect(tokens).toHaveLength(3);
    expect(await owner.set({ ...on, enabled: false })).toEqual({ state: "off" });
    expect([...owners.keys()]).toEqual([]);
    await tick();
    expect([...owners.keys()]).toEqual([]);
    expect(states.at(-1)).toEqual({ state: "off" });
  });

  it("is given up for another token with that for a reason", async () => {
    const { window, closed } = machine();
    const { owner } = window("ours");
    await owner.set(on);
    await owner.set({ ...on, token: `${token}-2` });
    await owner.set({ ...on, token: `${token}-2`, port: 9_000 });
    await owner.set({ ...on, enabled: false });
    expect(closed).toEqual(["renewed", "stopped", "stopped"]);
  });

  it("that another window has is waited for when the token is renewed here, until that has had the time to hear of it", async () => {
    const { window, shownAt, tick } = machine();
    const [first, second] = [window("first"), window("second")];
    await first.owner.set(on);
    await second.owner.set(on);
    const renewed = { ...on, token: `${token}-2` };
    // On a desktop the other one hears of it.
    expect((await second.owner.set(renewed)).state).toBe("elsewhere");
    await first.owner.set(renewed);
    await tick();
    expect(second.states.map(({ state }) => state)).toEqual(["elsewhere"]);
    // In a browser it does not.
    await second.owner.set(on);
    for (let ticks = 0; ticks < 2; ticks += 1) await tick();
    expect(second.owner.state()).toEqual({ state: "foreign", port: 8_377 });
    shownAt.set(8_377, token);
    await tick();
    expect(second.owner.state().state).toBe("elsewhere");
  });

  it("that another window still has after it was switched off is told of, until that window lets go", async () => {
    const { window, owners, tick } = machine();
    const [first, second] = [window("first"), window("second")];
    await first.owner.set(on);
    await second.owner.set(on);
    expect(await second.owner.set({ ...on, enabled: false })).toEqual({ state: "off" });
    await tick();
    expect(second.owner.state()).toEqual({ state: "unheard" });
    await tick();
    expect(second.owner.state()).toEqual({ state: "unheard" });
    await first.owner.close();
    await tick();
    expect(second.states.map(({ state }) => state)).toEqual(["elsewhere", "off", "unheard", "off"]);
    // Nobody looks any more.
    owners.set(8377, "first");
    await tick();
    expect(second.owner.state()).toEqual({ state: "off" });
  });

  it("is looked at after it was switched off where another window took it over, and not where it is on again", async () => {
    const { window, tick } = machine();
    const [first, second] = [window("first"), window("second")];
    await first.owner.set(on);
    await second.owner.set(on);
    await first.owner.set({ ...on, enabled: false });
    await tick();
    await tick();
    expect(first.owner.state()).toEqual({ state: "unheard" });
    await first.owner.set(on);
    await tick();
    expect(first.owner.state().state).toBe("elsewhere");
    // Whoever was never on is not concerned with the port.
    const third = window("third");
    await third.owner.set({ ...on, enabled: false });
    await tick();
    expect(third.states).toEqual([]);
  });

  it("tells what was spent, and only when that is news", async () => {
    const { window, pay } = machine();
    const { owner, states } = window("ours");
    await owner.set(on);
    owner.refresh();
    pay(5);
    owner.refresh();
    expect(states.map((state) => (state.state === "running" ? state.spentNano : null))).toEqual([0, 5]);
  });
});

describe("who answers at a port", () => {
  const closers: (() => unknown)[] = [];
  const heard: string[] = [];
  afterEach(async () => {
    heard.length = 0;
    for (const close of closers.splice(0)) await close();
  });
  const serve = async (body: (headers: IncomingHttpHeaders) => string): Promise<number> => {
    const server = createServer((request, response) => {
      heard.push(JSON.stringify([request.url, request.headers]));
      response.end(body(request.headers));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const health = (proof?: string) => JSON.stringify({ status: "ok", name: "wayfare", version: "1", proof });
  const proves = (key: string) => (headers: IncomingHttpHeaders) =>
    health(createHmac("sha256", key).update(String(headers["x-wayfare-challenge"])).digest("hex"));

  it.each([
    ['{"status":"ok","name":"wayfare","version":"1"}', "wayfare"],
    ['{"status":"ok","name":"another"}', "other"],
    ["<html>", "other"],
    ["x".repeat(10_000), "other"],
  ] as const)("is told by its health: %.40s", async (body, who) => {
    expect(await lookAtPort(await serve(() => body))).toBe(who);
    expect(await lookAtPort(await serve(() => body), token)).toBe(who);
  });

  it("is one of ours where it proves that it has our token, which is sent to nobody", async () => {
    expect(await lookAtPort(await serve(proves(token)), token)).toBe("ours");
    expect(await lookAtPort(await serve(proves("a token of its own")), token)).toBe("wayfare");
    expect(await lookAtPort(await serve(proves(token)))).toBe("wayfare");
    expect(heard).toHaveLength(3);
    expect(heard.join()).not.toContain(token);
  });

  it("is none of ours by a proof of another challenge, or by none that can be one", async () => {
    let first: string | null = null;
    const port = await serve((headers) => {
      first ??= proves(token)(headers);
      return first;
    });
    expect([await lookAtPort(port, token), await lookAtPort(port, token)]).toEqual(["ours", "wayfare"]);
    for (const proof of ["", "0", "é".repeat(64), "0".repeat(64)]) {
      expect(await lookAtPort(await serve(() => health(proof)), token)).toBe("wayfare");
    }
  });

  it("is nobody of ours where nobody does", async () => {
    const port = await serve(() => "");
    await closers.splice(0)[0]?.();
    expect(await lookAtPort(port, token)).toBe("other");
  });
});
