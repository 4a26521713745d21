import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import type { VendorLogRow } from "../../shared/protocol.ts";
import { anthropicVendor } from "./anthropic-vendor.ts";
import type { BillBook } from "./bill-book.ts";
import { billRequest } from "./bill-request.ts";
import { chooseAnswer } from "./choose-answer.ts";
import { chooseToolCalls } from "./choose-tool-calls.ts";
import { completionsVendor, infillVendor, llamaChatVendor, mistralVendor } from "./fill-vendors.ts";
import { answerId, openAiVendor } from "./openai-vendor.ts";
import { paceAnswer, scheduleFor } from "./pace-answer.ts";
import { planAnswer } from "./plan-answer.ts";
import type { PromptCache } from "./prompt-cache.ts";
import type { VendorFault, VendorModel } from "./vendor-model.ts";
import type { Refusal, Reply, VendorCall, VendorWire } from "./vendor-wire.ts";
import { type Written, writeAnswer } from "./write-answer.ts";

/** What the vendors share: their models, their key, their clock and their log. */
export interface Desk {
  apiKey: string;
  pace: "realistic" | "instant";
  models: ReadonlyMap<string, ServedModel>;
  now: () => number;
  random: () => number;
  write(row: VendorLogRow): void;
  /** What answers cost, by the id that stands in their events. */
  bills: BillBook;
}

export interface ServedModel {
  model: VendorModel;
  cache: PromptCache;
  fault: { fault: VendorFault; left: number } | null;
}

/** One vendor: an address with several paths. */
export interface Shop {
  prefix: string;
  key: "needed" | "none";
  modelsPath: string;
  /** Where it tells afterwards what an answer cost; absent: nowhere. */
  billsPath?: string;
  /** What it answers, a path each; the first also lists the models and words the errors. */
  wires: readonly [VendorWire, ...VendorWire[]];
}

/** Where each vendor is found on the one origin. The same models are at `openai` and at `ollama`, which wants no key. */
export const shops: Readonly<Record<"openai" | "ollama" | "anthropic" | "llamacpp", Shop>> = {
  openai: {
    prefix: "/openai/v1",
    key: "needed",
    modelsPath: "/models",
    billsPath: "/generation",
    wires: [openAiVendor, completionsVendor, mistralVendor],
  },
  ollama: {
    prefix: "/ollama/v1",
    key: "none",
    modelsPath: "/models",
    wires: [openAiVendor, completionsVendor],
  },
  anthropic: { prefix: "/anthropic/v1", key: "needed", modelsPath: "/models", wires: [anthropicVendor] },
  llamacpp: {
    prefix: "/llamacpp",
    key: "none",
    modelsPath: "/v1/models",
    wires: [llamaChatVendor, infillVendor],
  },
};

/** One request from its first byte to its row in the log. Never rejects. */
export async function serveRequest(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const shop = Object.values(shops).find((each) => pathname.startsWith(`${each.prefix}/`));
    if (shop === undefined) response.writeHead(404, { "content-type": "text/plain" }).end("Nobody is here.\n");
    else {
      const path = pathname.slice(shop.prefix.length);
      const wire = shop.wires.find((each) => each.askPath === path) ?? shop.wires[0];
      await serveShop({ desk, shop, wire, path, id: randomUUID(), request, response, signal: gone.signal });
    }
  } catch (error) {
    if (gone.signal.aborted) return;
    // A fault of the playground itself must not look like an answer, nor end the process that hosts it.
    const message = error instanceof Error ? error.message : String(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-type": "text/plain" }).end(`The playground broke: ${message}\n`);
  }
}

interface Visit {
  desk: Desk;
  shop: Shop;
  wire: VendorWire;
  /** Below the vendor's address. */
  path: string;
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  signal: AbortSignal;
}

async function serveShop(visit: Visit): Promise<void> {
  const { desk, shop, wire, path, request } = visit;
  const asks = path === wire.askPath;
  const list = path.startsWith(shop.modelsPath) ? /^(?:\/(.+))?$/.exec(path.slice(shop.modelsPath.length)) : null;
  const tellsBill = path === shop.billsPath;
  if (!asks && list === null && !tellsBill)
    return refuse(visit, { status: 404, message: `There is nothing at ${path}.` });
  if (request.method !== (asks ? "POST" : "GET")) {
    return refuse(visit, { status: 405, message: `${request.method} is not possible at ${path}.` });
  }
  if (shop.key === "needed") {
    const key = wire.keyIn(request.headers);
    if (key === null) return refuse(visit, { status: 401, message: "No API key came with the request." });
    if (key !== desk.apiKey) return refuse(visit, { status: 401, message: "The API key is not valid." });
  }
  if (tellsBill) return serveBill(visit);
  if (list !== null) return serveModels(visit, list[1] === undefined ? null : decodeURIComponent(list[1]));

  const badHeaders = wire.checkHeaders(request.headers);
  if (badHeaders !== null) return refuse(visit, badHeaders);
  const text = await readText(request);
  if (text === null) return refuse(visit, { status: 413, message: "The request is larger than 32 MB." });
  const body = readJson(text);
  if (body === undefined) return refuse(visit, { status: 400, message: "The body is not valid JSON." });
  const find = (modelId: string) => {
    const model = desk.models.get(modelId)?.model;
    if (model?.wire === wire.wire) return model;
    // A llama.cpp server has one model loaded and answers to any name.
    return wire.wire === "llamacpp" ? servedBy(desk, wire)[0] : undefined;
  };
  const read = wire.readCall(body, find);
  if (!read.ok) return refuse(visit, read.refusal, modelNamed(body));
  return serveCall(visit, read.call);
}

function serveModels(visit: Visit, modelId: string | null): void {
  const { desk, wire, response } = visit;
  const served = servedBy(desk, wire);
  const one = served.find((model) => model.id === modelId);
  if (modelId !== null && one === undefined) {
    refuse(visit, { status: 404, message: `There is no model '${modelId}'.` });
    return;
  }
  const body = one === undefined ? wire.modelList(served) : wire.modelEntry(one);
  response.writeHead(200, { "content-type": "application/json", ...wire.headers(visit.id) });
  response.end(JSON.stringify(body));
}

function serveBill(visit: Visit): void {
  const id = new URL(visit.request.url ?? "/", "http://127.0.0.1").searchParams.get("id") ?? "";
  const bill = visit.desk.bills.read(id);
  if (bill === null) refuse(visit, { status: 404, message: `There is no answer '${id}'.` });
  else send(visit, 200, { "content-type": "application/json" }, JSON.stringify({ data: bill }));
}

function servedBy(desk: Desk, wire: VendorWire): VendorModel[] {
  return [...desk.models.values()].map((each) => each.model).filter((model) => model.wire === wire.wire);
}

async function serveCall(visit: Visit, call: VendorCall): Promise<void> {
  const { desk, wire, response, signal } = visit;
  const served = desk.models.get(call.model.id);
  const fault = served === undefined ? null : takeFault(served);
  if (answerWithFault(visit, call, fault)) return;
  const usage = served?.cache.read(call, desk.now()) ?? noUsage;
  const inputTokens = usage.input + usage.cacheRead + usage.cacheWrite;
  if (inputTokens > call.model.windowTokens) return refuse(visit, wire.tooLong(call, inputTokens), call.model.id);

  const reply: Reply = {
    id: visit.id,
    modelId: call.model.id,
    createdSeconds: Math.floor(desk.now() / 1_000),
    usage,
    includeUsage: call.includeUsage && fault?.kind !== "no-usage",
  };
  const calls = chooseToolCalls(call, inputTokens);
  // A model that asks for tools says nothing else, unless it was made to.
  const answer = calls.length > 0 && call.model.answer === undefined ? "" : chooseAnswer(call, inputTokens);
  const usual = desk.pace === "instant" ? null : paceAnswer({ pace: call.model.pace, random: desk.random });
  const written: Written = { text: "", tokens: 0, end: "open" };
  const atMs = desk.now();
  try {
    await writeAnswer(
      {
        response,
        wire,
        call,
        reply,
        answer: planAnswer(answer, call, fault, calls),
        fault,
        schedule: scheduleFor(usual, call.model, fault),
        headers: wire.headers(visit.id),
        now: desk.now,
        signal,
      },
      written,
    );
  } finally {
    // What never got to a first word is not billed, unless it is a whole answer that has none.
    const billed = written.tokens > 0 || written.end === "finished";
    const cost = billed ? billRequest({ ...usage, output: written.tokens }, call.model.price) : 0;
    desk.bills.write(answerId(reply), {
      usage: { ...usage, output: written.tokens },
      costNano: cost,
      isCancelled: written.end !== "finished",
    });
    desk.write({
      atMs,
      wire: wire.wire,
      path: visit.path,
      model: call.model.id,
      status: 200,
      inputTokens,
      outputTokens: written.tokens,
      costNano: cost,
      text: written.text,
      end: written.end === "open" ? "closed" : written.end,
    });
  }
}

const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

function takeFault(served: ServedModel): VendorFault | null {
  const due = served.fault;
  if (due === null) return null;
  due.left -= 1;
  if (due.left <= 0) served.fault = null;
  return due.fault;
}

/** Answers with a fault that has no answer in it; false when the fault is another one. */
function answerWithFault(visit: Visit, call: VendorCall, fault: VendorFault | null): boolean {
  const { wire, response, id } = visit;
  if (fault?.kind === "status") {
    const refusal: Refusal = {
      status: fault.status,
      message: `The vendor answers ${fault.status}, as it was told to.`,
    };
    const body = fault.body ?? wire.errorBody(refusal, id);
    const contentType = /^\s*</.test(body) ? "text/html" : "application/json";
    send(visit, fault.status, { "content-type": contentType, ...fault.headers }, body);
    note(visit, fault.status, call.model.id);
    return true;
  }
  if (fault?.kind === "html") {
    send(visit, 200, { "content-type": "text/html; charset=utf-8" }, loginPage);
    note(visit, 200, call.model.id);
    return true;
  }
  if (fault?.kind === "json-error-200") {
    const body = wire.errorBody({ status: 500, message: "The model behind this address failed." }, id);
    send(visit, 200, { "content-type": "application/json" }, body);
    note(visit, 200, call.model.id);
    return true;
  }
  return response.destroyed;
}

const loginPage =
  "<!doctype html>\n<html><head><title>Sign in to the guest network</title></head><body><form><input name=user></form></body></html>\n";

function refuse(visit: Visit, refusal: Refusal, modelId = ""): void {
  send(visit, refusal.status, { "content-type": "application/json" }, visit.wire.errorBody(refusal, visit.id));
  if (visit.request.method === "POST") note(visit, refusal.status, modelId);
}

function send(visit: Visit, status: number, headers: Record<string, string>, body: string): void {
  visit.response.writeHead(status, { ...visit.wire.headers(visit.id), ...headers });
  visit.response.end(body);
}

/** The row of a request that got no answer. */
function note(visit: Visit, status: number, modelId: string): void {
  const { desk, wire, path } = visit;
  const nothing = { inputTokens: 0, outputTokens: 0, costNano: 0, text: "" };
  desk.write({ atMs: desk.now(), wire: wire.wire, path, model: modelId, status, ...nothing, end: "finished" });
}

const maxBodyBytes = 32 * 1024 * 1024;

/** null when there is more of it than a vendor reads. */
async function readText(request: IncomingMessage): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of request) {
    const chunk: Uint8Array = piece;
    bytes += chunk.length;
    // The rest is read and dropped: a caller that is still writing would otherwise never see the refusal.
    if (bytes <= maxBodyBytes) pieces.push(chunk);
  }
  return bytes > maxBodyBytes ? null : Buffer.concat(pieces).toString("utf8");
}

/** undefined when it is not JSON, which JSON itself cannot say. */
function readJson(text: string): unknown {
  try {
    return z.unknown().parse(JSON.parse(text));
  } catch {
    // Any text may come; what it is instead of JSON does not matter.
    return undefined;
  }
}

function modelNamed(body: unknown): string {
  return z.looseObject({ model: z.string() }).safeParse(body).data?.model ?? "";
}
