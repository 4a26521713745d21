import { randomBytes } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createEndpoint, type EndpointDeps } from "../../client/endpoint.ts";
import { createEndpointToken } from "../../client/endpoint-token.ts";
import { createSignal } from "../../client/signal.ts";
import type { EndpointState } from "../../shared/endpoint.ts";
import { createRedactor } from "../../shared/redact.ts";
import { EventEmitter } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

const settle = () => new Promise((resolve) => setImmediate(resolve));
const running: EndpointState = { state: "running", urls: ["http://127.0.0.1:8377"], spentNano: 0, requests: 0 };

/** Secret storage of one host, as several windows see it. */
function storage() {
  const kept = new Map<string, string>();
  const changed = new EventEmitter<{ key: string }>();
  const own = { stores: 0, fault: null as Error | null };
  return {
    kept,
    own,
    secrets: {
      async get(key: string) {
        await settle();
        if (own.fault !== null) throw own.fault;
        return kept.get(key);
      },
      async store(key: string, value: string) {
        await settle();
        own.stores += 1;
        kept.set(key, value);
        changed.fire({ key });
      },
      onDidChange: changed.event,
    },
  };
}

function scene({ enabled = false, host = storage() }: { enabled?: unknown; host?: ReturnType<typeof storage> } = {}) {
  const own = { enabled, port: undefined as unknown, state: "idle", hold: null as Promise<void> | null };
  const log: string[] = [];
  const sent: { enabled: boolean; port: number; token: string }[] = [];
  const order: string[] = [];
  const states = createSignal<never>();
  const news = createSignal<EndpointState>();
  const configured = createSignal<void>();
  let answer: () => EndpointState = () => running;
  let life = 0;
  const connect = (at: number) => ({
    async request(_type: unknown, params: (typeof sent)[number]) {
      order.push(`told ${at}`);
      sent.push(params);
      const given = answer();
      await own.hold;
      return given;
    },
  });
  let connection = connect(0);
  const token = createEndpointToken(host.secrets as never, () => randomBytes(32));
  const endpoint = createEndpoint({
    server: {
      get state() {
        return own.state;
      },
      connection: () => (own.state === "running" ? connection : null),
      onState: states.on,
      onEndpointChanged: news.on,
    },
    configuration: {
      read: () => ({ endpoint: { enabled: own.enabled, port: own.port } }),
      onChange: configured.on,
      arrived: async () => void order.push("configured"),
    },
    token,
    redact: createRedactor(token.known),
    log: (message: string) => void log.push(message),
  } as unknown as EndpointDeps);
  const idle = async () => {
    for (let turns = 0; turns < 20; turns += 1) await settle();
  };
  return {
    ...{ own, log, sent, order, news, host, endpoint, token, idle },
    answers: (next: () => EndpointState) => {
      answer = next;
    },
    async enter(state: string) {
      own.state = state;
      if (state === "running") {
        life += 1;
        connection = connect(life);
      }
      states.fire(state as never);
      await idle();
    },
    async set(values: Partial<typeof own>) {
      Object.assign(own, values);
      configured.fire();
      await idle();
    },
  };
}

describe("the local endpoint", () => {
  it("is told to nobody, and has no token, before it was ever switched on", async () => {
    const { enter, set, sent, host, endpoint } = scene();
    await enter("running");
    await set({ port: 9_000 });
    expect([sent, host.own.stores]).toEqual([[], 0]);
    expect(endpoint.view()).toEqual({ enabled: false, port: 9_000, problems: [], state: { state: "off" } });
  });

  it("is told once the server runs and has its settings, with a token that is made then", async () => {
    const { enter, sent, order, host, endpoint } = scene({ enabled: true });
    expect(endpoint.view().state).toBeNull();
    expect(host.own.stores).toBe(0);
    await enter("running");
    expect(order).toEqual(["configured", "told 1", "configured"]);
    expect(sent).toEqual([{ enabled: true, port: 8_377, token: expect.stringMatching(/^wf-[\w-]{43}$/) }]);
    expect([...host.kept.values()]).toEqual([sent[0]?.token]);
    expect(endpoint.view().state).toEqual(running);
  });

  it("is told again when the switch or the port changes, and not when another setting does", async () => {
    const { enter, set, sent, answers, endpoint } = scene({ enabled: true });
    await enter("running");
    await set({});
    expect(sent).toHaveLength(1);
    await set({ port: 9_000 });
    answers(() => ({ state: "off" }));
    await set({ enabled: false });
    await set({ port: 9_001, enabled: "yes" });
    expect(sent.map(({ enabled, port }) => [enabled, port])).toEqual([
      [true, 8_377],
      [true, 9_000],
      [false, 9_000],
    ]);
    expect(new Set(sent.map(({ token }) => token)).size).toBe(1);
    expect(endpoint.view().state).toEqual({ state: "off" });
  });

  it("knows what is wrong with its settings", () => {
    const { own, endpoint } = scene();
    own.port = 99;
    expect(endpoint.view()).toMatchObject({ port: 8_377, problems: [{ field: "wayfare.endpoint.port" }] });
  });

  it("is told once more at the person's word", async () => {
    const { enter, sent, answers, endpoint } = scene({ enabled: true });
    answers(() => ({ state: "foreign", port: 8_377 }));
    await enter("running");
    answers(() => running);
    await endpoint.tryAgain();
    expect([sent.length, endpoint.view().state]).toEqual([2, running]);
    expect(sent[1]).toEqual(sent[0]);
  });

  it("is told to each new life of the server, and forgets what an earlier one said", async () => {
    const { enter, order, endpoint, news } = scene({ enabled: true });
    await enter("running");
    const seen: unknown[] = [];
    endpoint.onChange(() => seen.push(endpoint.view().state));
    await enter("restarting");
    await enter("running");
    expect(order.filter((each) => each.startsWith("told"))).toEqual(["told 1", "told 2"]);
    news.fire({ ...running, spentNano: 5, requests: 1 });
    expect(seen).toEqual([null, running, { ...running, spentNano: 5, requests: 1 }]);
  });

  it("takes no answer of a server that has gone", async () => {
    const { own, enter, endpoint } = scene({ enabled: true });
    let release = () => {};
    own.hold = new Promise((resolve) => {
      release = resolve;
    });
    await enter("running");
    await enter("stopped");
    release();
    await settle();
    expect(endpoint.view().state).toBeNull();
  });

  it("says why it could not be told, without the token, and is told again at the next change", async () => {
    const { enter, set, sent, log, answers, endpoint } = scene({ enabled: true });
    answers(() => {
      throw new Error(`No such request: ${sent[0]?.token}`);
    });
    await enter("running");
    expect(endpoint.view().state).toEqual({ state: "failed", message: expect.stringMatching(/^No such request: /) });
    expect(JSON.stringify([log, endpoint.view()])).not.toContain(sent[0]?.token);
    answers(() => running);
    await set({});
    expect(endpoint.view().state).toEqual(running);
  });

  it("says when no secret can be kept, and listens nowhere then", async () => {
    const { enter, sent, host, endpoint } = scene({ enabled: true });
    host.own.fault = new Error("The keyring is locked.");
    await enter("running");
    expect([sent, endpoint.view().state]).toEqual([[], { state: "failed", message: "The keyring is locked." }]);
  });
});

describe("the token", () => {
  it("is the same for all windows of a host, also where two make one at the same moment", async () => {
    const host = storage();
    const [one, other] = [scene({ enabled: true, host }), scene({ enabled: true, host })];
    await Promise.all([one.enter("running"), other.enter("running")]);
    const [kept] = [...host.kept.values()];
    expect([one.sent.at(-1)?.token, other.sent.at(-1)?.token]).toEqual([kept, kept]);
    expect(await one.endpoint.token()).toBe(kept);
  });

  it("that is made anew reaches the server of each window", async () => {
    const host = storage();
    const [one, other] = [scene({ enabled: true, host }), scene({ enabled: true, host })];
    await one.enter("running");
    await other.enter("running");
    const before = one.sent.at(-1)?.token;
    await one.endpoint.renewToken();
    await other.idle();
    const [kept] = [...host.kept.values()];
    expect(kept).not.toBe(before);
    expect([one.sent.at(-1)?.token, other.sent.at(-1)?.token]).toEqual([kept, kept]);
    expect([one.sent.length, new Set(one.token.known())]).toEqual([2, new Set([before, kept])]);
  });

  it("that is none of ours is not used: another one is made", async () => {
    const { host, endpoint } = scene();
    host.kept.set("wayfare.endpointToken", "short");
    expect(await endpoint.token()).toMatch(/^wf-[\w-]{43}$/);
    expect([host.own.stores, [...host.kept.keys()]]).toEqual([1, ["wayfare.endpointToken"]]);
  });
});
