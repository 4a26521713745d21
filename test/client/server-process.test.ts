import { describe, expect, it } from "vitest";
import { planRestart, stillCounted } from "../../client/plan-restart.ts";
import { type ConnectEvents, type Connection, createServerProcess } from "../../client/server-process.ts";

describe("planRestart", () => {
  it("doubles the wait with each end and gives up after the fifth restart in three minutes", () => {
    const ends: number[] = [];
    const delays: unknown[] = [];
    for (let index = 0; index < 6; index += 1) {
      ends.push(index * 1_000);
      const plan = planRestart(ends, index * 1_000);
      delays.push(plan.restart ? plan.delayMs : plan.why);
    }
    expect(delays).toEqual([
      500,
      1_000,
      2_000,
      4_000,
      8_000,
      "The server ended 6 times in 3 minutes and is not started again.",
    ]);
  });

  it("forgets an end after three minutes", () => {
    expect(planRestart([0, 1_000, 200_000], 200_000)).toEqual({ restart: true, delayMs: 500 });
    expect(stillCounted([0, 1_000, 200_000], 200_000)).toEqual([200_000]);
  });
});

/** A server process over connections that are made and ended by hand, with a clock that stands still. */
function scene(options: { failures?: number; closing?: () => Promise<void> } = {}) {
  let failures = options.failures ?? 0;
  let nowMs = 0;
  const lives: { events: ConnectEvents; closed: boolean; signal: AbortSignal }[] = [];
  const timers: { delayMs: number; run: () => void }[] = [];
  const seen: string[] = [];
  const prepared: number[] = [];
  const process = createServerProcess({
    async connect(events, signal) {
      if (failures > 0) {
        failures -= 1;
        throw new Error("no such module");
      }
      const life = { events, closed: false, signal };
      lives.push(life);
      const pid = 100 + lives.length;
      const connection: Connection = {
        pid,
        request: () => Promise.reject(new Error("not asked here")),
        ask: () => Promise.reject(new Error("not asked here")),
        examine: () => Promise.resolve([]),
        notify: () => undefined,
        async close() {
          await options.closing?.();
          life.closed = true;
        },
      };
      return connection;
    },
    async prepare(connection) {
      prepared.push(connection.pid ?? 0);
    },
    now: () => nowMs,
    later(delayMs, run) {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    log: () => undefined,
  });
  process.onState((state) => seen.push(state));
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    process,
    lives,
    timers,
    seen,
    prepared,
    settle,
    async fireTimer() {
      const timer = timers.shift();
      nowMs += timer?.delayMs ?? 0;
      timer?.run();
      await settle();
    },
    async crash() {
      lives.at(-1)?.events.onEnded("signal SIGKILL");
      await settle();
    },
  };
}

describe("the server process", () => {
  it("tells what its present life says of the local endpoint, and not what an earlier one did", async () => {
    const { process, lives } = scene();
    const said: string[] = [];
    process.onEndpointChanged(({ state }) => said.push(state));
    await process.start();
    lives[0]?.events.onEndpointChanged({ state: "off" });
    await process.restart();
    lives[0]?.events.onEndpointChanged({ state: "off" });
    lives[1]?.events.onEndpointChanged({ state: "failed", message: "In use." });
    expect(said).toEqual(["off", "failed"]);
  });

  it("is not there until something needs it, and is started once for all that do", async () => {
    const { process, lives, seen, prepared } = scene();
    expect([process.state, process.pid(), lives.length]).toEqual(["idle", null, 0]);
    const [one, other] = await Promise.all([process.start(), process.start()]);
    expect(one).toBe(other);
    expect([process.state, process.pid(), lives.length]).toEqual(["running", 101, 1]);
    expect(seen).toEqual(["starting", "running"]);
    expect(prepared).toEqual([101]);
  });

  it("comes back after a crash and is configured anew before anything else is asked", async () => {
    const { process, seen, prepared, timers, crash, fireTimer } = scene();
    await process.start();
    await crash();
    expect(process.state).toBe("restarting");
    expect(process.connection()).toBeNull();
    expect(timers.map((timer) => timer.delayMs)).toEqual([500]);
    const waiting = process.start();
    await fireTimer();
    expect((await waiting).pid).toBe(102);
    expect(seen).toEqual(["starting", "running", "restarting", "running"]);
    expect(prepared).toEqual([101, 102]);
  });

  it("stays away after six ends, says so to whoever asks, and starts anew by hand", async () => {
    const { process, crash, fireTimer, lives } = scene();
    await process.start();
    for (let index = 0; index < 5; index += 1) {
      await crash();
      await fireTimer();
    }
    expect(process.state).toBe("running");
    await crash();
    expect(process.state).toBe("stopped");
    expect(process.stoppedBecause).toBe("The server ended 6 times in 3 minutes and is not started again.");
    await expect(process.start()).rejects.toThrow(
      'The server ended 6 times in 3 minutes and is not started again. Run "Wayfare: Restart Server" to try again; "Wayfare: Show Log" has the details.',
    );
    await process.restart();
    expect([process.state, lives.length]).toEqual(["running", 7]);
    await crash();
    expect(process.state).toBe("restarting");
  });

  it("tries again when a start fails, and a caller waits through it", async () => {
    const { process, fireTimer, settle } = scene({ failures: 1 });
    const waiting = process.start();
    await settle();
    expect(process.state).toBe("restarting");
    await fireTimer();
    expect((await waiting).pid).toBe(101);
  });

  it("closes the server when it is disposed of, and does not take that for a crash", async () => {
    const { process, lives, timers, crash } = scene();
    await process.start();
    await process.dispose();
    expect(lives.map((life) => life.closed)).toEqual([true]);
    await crash();
    expect([process.state, timers.length]).toEqual(["idle", 0]);
  });

  it("does not come back when it is disposed of while it waits", async () => {
    const { process, lives, crash, fireTimer } = scene();
    await process.start();
    await crash();
    await process.dispose();
    await fireTimer();
    expect([process.state, lives.length]).toEqual(["idle", 1]);
  });

  it("runs one server, whoever asks for it while the old one ends", async () => {
    let release = () => {};
    const closing = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { process, lives, settle, seen } = scene({ closing: () => closing });
    await process.start();
    const restarts = [process.restart(), process.restart()];
    const started = process.start();
    await settle();
    expect([process.state, process.connection(), lives.length]).toEqual(["starting", null, 1]);
    release();
    await Promise.all(restarts);
    expect((await started).pid).toBe(102);
    expect(lives.map((life) => life.closed)).toEqual([true, false]);
    expect(seen).toEqual(["starting", "running", "starting", "running"]);
    await process.restart();
    expect(lives.map((life) => life.closed)).toEqual([true, true, false]);
  });

  it("leaves none behind when it is disposed of in the middle of a restart", async () => {
    let release = () => {};
    const closing = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { process, lives } = scene({ closing: () => closing });
    await process.start();
    const restarted = process.restart().catch((error: Error) => error.message);
    const disposed = process.dispose();
    release();
    await disposed;
    expect(await restarted).toBe("The server was stopped.");
    expect([process.state, lives.map((life) => life.closed)]).toEqual(["idle", [true]]);
  });

  it("does not wait out a pause when it is asked once more to start anew", async () => {
    const { process, lives, settle } = scene({ failures: 1 });
    const restarts = [process.restart()];
    await settle();
    expect(process.state).toBe("restarting");
    restarts.push(process.restart());
    await Promise.all(restarts);
    expect([process.state, lives.length]).toEqual(["running", 1]);
  });
});
