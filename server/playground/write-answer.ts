import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { countTokens } from "./count-tokens.ts";
import type { Schedule } from "./pace-answer.ts";
import { type PlannedAnswer, tokensOf } from "./plan-answer.ts";
import type { VendorFault } from "./vendor-model.ts";
import type { NumberedCall, Reply, VendorCall, VendorWire } from "./vendor-wire.ts";

/** What was really written, kept up to date while it is written. */
export interface Written {
  text: string;
  /** Of the model's tokens. */
  tokens: number;
  /** open: the caller is still there and more may come; broken: the vendor itself left without its end signal. */
  end: "open" | "finished" | "broken";
}

export interface AnswerJob {
  response: ServerResponse;
  wire: VendorWire;
  call: VendorCall;
  reply: Reply;
  answer: PlannedAnswer;
  fault: VendorFault | null;
  /** null: as fast as it goes. */
  schedule: Schedule | null;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds; the schedule is kept by this clock. */
  now: () => number;
  /** Aborts when the caller leaves. */
  signal: AbortSignal;
}

/** Between keep-alives of a vendor that says nothing else. */
const keepAliveMs = 50;
/** Tokens written in one turn of the event loop at full speed, so that a caller who leaves is noticed soon. */
const burstTokens = 8;

/**
 * Writes an answer to the socket at the schedule's pace and with the fault wanted. Ends with the response, or with an
 * AbortError when the caller left; `written` tells at any time how far it came.
 */
export async function writeAnswer(job: AnswerJob, written: Written): Promise<void> {
  if (job.fault?.kind === "silence" && job.fault.phase === "headers") return hang(job.signal);
  if (job.call.stream) return writeStream(job, written);
  return writeDocument(job, written);
}

async function writeStream(job: AnswerJob, written: Written): Promise<void> {
  const { response, wire, reply, answer, fault, schedule, signal } = job;
  const send = fault?.kind === "byte-by-byte" ? sendBytes : sendText;
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    ...job.headers,
  });
  // Without this the headers wait for the first byte of the body, and a vendor that is slow looks like one that is dead.
  response.flushHeaders();
  await send(response, wire.opening(reply), signal);
  if (fault?.kind === "silence") return fault.keepAlives ? keepAlive(job) : hang(signal);
  const startedMs = job.now();
  let dueMs = schedule?.firstTokenMs ?? 0;
  for (const [index, piece] of answer.pieces.entries()) {
    const waitMs = schedule === null ? 0 : startedMs + dueMs - job.now();
    if (waitMs >= 1) await sleep(waitMs, undefined, { signal });
    else if (index % burstTokens === burstTokens - 1) await nextTurn(undefined, { signal });
    dueMs += schedule?.gapMs() ?? 0;
    await send(response, wire.delta(reply, piece), signal);
    written.text += piece;
    written.tokens = tokensOf(index + 1, job.call);
  }
  const calls = numbered(job);
  if (answer.end === "finish" || answer.end === "close") {
    const style = job.call.model.callStyle ?? "streamed";
    for (const event of wire.toolCalls?.(reply, calls, style) ?? []) await send(response, event, signal);
    if (style === "at-end") reply.lateCalls = calls;
    written.tokens += callTokens(calls, job.call);
  }
  reply.usage = { ...reply.usage, output: written.tokens };
  if (answer.end === "hang") return hang(signal);
  if (answer.end === "cut") {
    written.end = "broken";
    // The last bytes leave first, so that the caller has what the log says it was sent.
    await nextTurn();
    response.destroy();
    return;
  }
  if (answer.end === "finish") await send(response, wire.closing(reply, answer.finish), signal);
  else await send(response, answer.end === "error" ? wire.errorEvent() : wire.closingWithoutEnd(reply), signal);
  written.end = answer.end === "finish" ? "finished" : "broken";
  response.end();
}

/** One JSON document, after the time that the whole answer takes to write. */
async function writeDocument(job: AnswerJob, written: Written): Promise<void> {
  const { response, wire, reply, answer, schedule, signal } = job;
  if (schedule !== null) {
    let totalMs = schedule.firstTokenMs;
    for (let count = 1; count < answer.pieces.length; count++) totalMs += schedule.gapMs();
    await sleep(totalMs, undefined, { signal });
  }
  const text = answer.pieces.join("");
  const calls = numbered(job);
  const tokens = tokensOf(answer.pieces.length, job.call) + callTokens(calls, job.call);
  reply.usage = { ...reply.usage, output: tokens };
  const whole = answer.end === "finish" || answer.end === "close";
  const body =
    answer.end === "error" ? wire.errorBody(lateError, reply.id) : wire.document(reply, text, answer.finish, calls);
  response.writeHead(200, { "content-type": "application/json", ...job.headers });
  response.flushHeaders();
  if (answer.end === "hang" || answer.end === "cut") {
    await sendText(response, body.slice(0, body.length / 2), signal);
    if (answer.end === "hang") return hang(signal);
    written.end = "broken";
    await nextTurn();
    response.destroy();
    return;
  }
  await (job.fault?.kind === "byte-by-byte" ? sendBytes : sendText)(response, body, signal);
  if (whole) {
    written.text = text;
    written.tokens = tokens;
  }
  written.end = whole ? "finished" : "broken";
  response.end();
}

/** The calls with the vendor's ids, which are unique to the reply. */
function numbered({ answer, reply }: AnswerJob): NumberedCall[] {
  const head = reply.id.replaceAll("-", "").slice(0, 20);
  return answer.calls.map((call, index) => ({ ...call, index, id: `call_${head}_${index}` }));
}

function callTokens(calls: readonly NumberedCall[], call: VendorCall): number {
  return tokensOf(
    calls.reduce((sum, { name, argumentsJson }) => sum + countTokens(name) + countTokens(argumentsJson), 0),
    call,
  );
}

const lateError = { status: 500, message: "The model stopped answering; try again." };

/** Lasts until the caller leaves; sleeping in long steps would keep a timer, listening does not. */
async function hang(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await once(signal, "abort");
  signal.throwIfAborted();
}

async function keepAlive(job: AnswerJob): Promise<void> {
  while (!job.signal.aborted) {
    await sendText(job.response, job.wire.keepAlive(), job.signal);
    await sleep(keepAliveMs, undefined, { signal: job.signal });
  }
}

async function sendText(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // A caller that reads slowly holds the vendor up rather than fill its memory.
  if (text !== "" && !response.write(text)) await once(response, "drain", { signal });
}

async function sendBytes(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  for (const byte of Buffer.from(text, "utf8")) {
    signal.throwIfAborted();
    response.write(Buffer.of(byte));
    await nextTurn();
  }
}
