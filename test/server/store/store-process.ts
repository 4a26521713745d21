import { openStore } from "../../../server/store/open-store.ts";
import { failureOf } from "../../../shared/failure.ts";

/** A second process with the same books. Says what came of it in one message, and does not import the test runner. */

const [task, directory = "", name = "", count = "0"] = process.argv.slice(2);
const say = (message: unknown) => new Promise((resolve) => process.send?.(message, resolve));
const toldToGo = () => new Promise((resolve) => process.once("message", resolve));

try {
  // A superuser may write anywhere, so it becomes nobody once all code is loaded.
  if (task === "open-as-nobody" && process.getuid?.() === 0) process.seteuid?.(65_534);
  if (task === "race") {
    await say("ready");
    await toldToGo();
  }
  const store = await openStore({
    directory,
    now: () => Date.now(),
    timeZone: "UTC",
    instanceId: `${name} ${process.pid}`,
    pid: process.pid,
  });

  if (task === "reserve-many") {
    const ids = Array.from({ length: Number(count) }, (_, index) => `${name}-${index}`);
    let refused = 0;
    await say("ready");
    await toldToGo();
    for (const attemptId of ids) {
      try {
        await store.ledger.reserve(attempt(attemptId));
      } catch {
        refused += 1;
      }
    }
    store.close();
    await say({ refused });
  } else if (task === "spend") {
    // Until the cap has no room for another. A vendor bills one and a half times our estimate, within what was held.
    const [limitNano, estimateNano] = count.split("/").map(Number);
    const caps = [dailyCap(limitNano ?? 0)];
    await say("ready");
    await toldToGo();
    let granted = 0;
    for (let index = 0; ; index++) {
      const attemptId = `${name}-${index}`;
      const wanted = { heldNano: 2 * (estimateNano ?? 0), leastNano: estimateNano ?? 0, caps };
      try {
        const { heldNano } = await store.ledger.reserve({ ...attempt(attemptId), ...wanted });
        granted += 1;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        await store.ledger.settle(attemptId, settled(Math.min(heldNano, Math.floor(1.5 * (estimateNano ?? 0)))));
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind !== "budget") throw error;
        // Only what is held is in the way: another's settlement may make room.
        if (failure.cap && failure.cap.spentNano + failure.cap.neededNano <= failure.cap.limitNano) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          continue;
        }
        break;
      }
    }
    store.close();
    await say({ granted });
  } else if (task === "steps") {
    // Says what it is about to do and what was acknowledged, and stops for good at the step of its fourth request that is
    // named; a step in "-ing" is begun, and not waited for.
    const [stopsAt, limitNano] = count.split("/");
    const caps = [dailyCap(Number(limitNano))];
    await say("ready");
    await toldToGo();
    for (let index = 0; ; index++) {
      const attemptId = `${name}-${index}`;
      const isLast = index === 3;
      const reach = async (step: string, goOn: () => Promise<unknown> = async () => undefined) => {
        const stops = isLast && stopsAt === step;
        const gone = stops && !step.endsWith("ing") ? null : goOn();
        await say({ attemptId, step });
        if (stops) await new Promise(() => setInterval(() => undefined, 1_000));
        await gone;
      };
      await reach("before");
      await reach("reserving", () => store.ledger.reserve({ ...attempt(attemptId), leastNano: 900_000, caps }));
      await reach("reserved");
      store.ledger.noteProgress(attemptId, { outputTokens: 50 });
      // Writes are in order: after this one the note is in the file.
      await store.modelLists.save("vendor", "http://localhost", [], 1);
      await reach("noted");
      await reach("settling", () => store.ledger.settle(attemptId, settled(300_000 + index)));
      await reach("settled");
    }
  } else if (task === "hold") {
    await store.ledger.reserve(attempt(`${name}-unnoted`));
    await store.ledger.reserve(attempt(`${name}-noted`));
    store.ledger.noteProgress(`${name}-noted`, { outputTokens: 50 });
    const head = { id: "session", workspace: "here", title: "t", updatedAtMs: 1 };
    const turn = { id: "turn", askedAtMs: 1, question: "q", context: [], failure: null, decision: null };
    await store.sessions.saveTurn(head, { ...turn, answer: "", state: "answering" });
    store.sessions.saveAnswerText("turn", "What had co");
    // Writes are in order, so after this one the others are in the file.
    await store.modelLists.save("vendor", "http://localhost", [], 1);
    await say("holding");
    setInterval(() => undefined, 1_000);
  } else {
    store.close();
    process.emitWarning("Something else is an experimental feature", "ExperimentalWarning");
    await say({ opened: store.path });
  }
} catch (error) {
  await say(failureOf(error));
  process.exitCode = 0;
}
if (task !== "hold" && task !== "steps") process.disconnect?.();

function dailyCap(limitNano: number) {
  const setting = "wayfare.budget.daily";
  return { id: "global.daily", scope: "global", period: "daily", limitNano, setting } as const;
}

function settled(costNano: number) {
  return {
    outcome: "done",
    failure: null,
    usage: null,
    costNano,
    costSource: "reported",
    firstTokenMs: 1,
    durationMs: 2,
    reason: "cheap is enough",
  } as const;
}

function attempt(attemptId: string) {
  return {
    attemptId,
    turnId: "turn",
    sessionId: "session",
    kind: "chat",
    workspace: "here",
    book: "real",
    tier: "cheap",
    providerId: "vendor",
    modelId: "small",
    startedAtMs: 1_000,
    heldNano: 900_000,
    leastNano: 0,
    caps: [],
    inputNano: 100_000,
    outputNanoPerToken: 200,
  } as const;
}
