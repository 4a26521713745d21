import type { CancellationToken } from "vscode";
import { createConversations } from "../../client/conversations.ts";
import type { Connection } from "../../client/server-process.ts";
import type { ToPage } from "../../client/webview/messages.ts";
import type { ContextItem, Session, Turn } from "../../shared/answer.ts";
import { type AskParams, type AskPart, ListSessionsRequest, ReadSessionRequest } from "../../shared/protocol.ts";

type Asked = {
  params: Omit<AskParams, "partialResultToken">;
  emit(parts: AskPart[]): void;
  end(turn: Partial<Turn>): void;
  fail(error: Error): void;
};

export const item: ContextItem = {
  kind: "file",
  path: "a.ts",
  languageId: "typescript",
  text: "let a;",
  firstLine: 1,
  lastLine: 1,
  diagnostics: [],
};
const { text: _text, ...chipOfItem } = item;
export const chip = chipOfItem;

/** Conversations over a server that answers by hand. */
export function scene(
  options: {
    setUp?: boolean;
    stored?: Session[];
    last?: string | null;
    starting?: Promise<void>;
    settings?: Promise<void>;
  } = {},
) {
  const asked: Asked[] = [];
  const posted: ToPage[] = [];
  const requests: string[] = [];
  const stored = new Map((options.stored ?? []).map((session) => [session.id, session]));
  let starts = 0;
  let gatheredAgain = 0;
  let last: string | null | undefined = options.last;
  const timers: { delayMs: number; run: () => void }[] = [];
  let ids = 0;
  const connection: Connection = {
    pid: 1,
    async request(type, params) {
      requests.push(type.method);
      const { sessionId } = (params ?? {}) as { sessionId?: string };
      if (type.method === ReadSessionRequest.method) return (stored.get(sessionId ?? "") ?? null) as never;
      if (type.method === ListSessionsRequest.method) return [...stored.values()] as never;
      stored.delete(sessionId ?? "");
      return null as never;
    },
    ask(params, emit, token: CancellationToken) {
      return new Promise((resolve, reject) => {
        const turn: Turn = {
          id: params.turnId,
          askedAtMs: 1,
          question: params.question,
          context: [],
          answer: "",
          state: "done",
          failure: null,
          decision: null,
        };
        token.onCancellationRequested(() => resolve({ ...turn, state: "cancelled", answer: "so far" }));
        asked.push({ params, emit, end: (over) => resolve({ ...turn, ...over }), fail: reject });
      });
    },
    examine: () => Promise.resolve([]),
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  let alive: Connection | null = connection;
  const conversations = createConversations({
    server: {
      async start() {
        starts += 1;
        await options.starting;
        return connection;
      },
      connection: () => alive,
    },
    settingsArrived: () => options.settings ?? Promise.resolve(),
    isSetUp: () => options.setUp ?? true,
    hasHistory: () => options.setUp ?? true,
    post: (message) => posted.push(message),
    onChange: () => undefined,
    async gatherAgain() {
      gatheredAgain += 1;
      return item;
    },
    lastSession: {
      read: () => last,
      write: (id) => {
        last = id;
      },
    },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    now: () => 5,
    later(delayMs, run) {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
      };
    },
    newCancellation() {
      const listeners: (() => void)[] = [];
      const token = {
        isCancellationRequested: false,
        onCancellationRequested: (listener: () => void) => {
          listeners.push(listener);
          return { dispose: () => undefined };
        },
      };
      return {
        token: token as unknown as CancellationToken,
        cancel: () => {
          for (const listener of listeners) listener();
        },
      };
    },
    log: () => undefined,
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    conversations,
    stored,
    timers,
    async fireTimer() {
      timers.shift()?.run();
      await settle();
    },
    asked,
    posted,
    requests,
    settle,
    starts: () => starts,
    last: () => last,
    gatheredAgain: () => gatheredAgain,
    crash() {
      alive = null;
    },
    async ask(question: string, turnId = "t1") {
      void conversations.ask({ turnId, question, mode: "auto", context: async () => [item] });
      await settle();
    },
    types: () => posted.map((message) => message.type),
  };
}

export const storedSession = (id: string): Session => ({
  id,
  title: `Title of ${id}`,
  updatedAtMs: 1,
  costNano: 7,
  simulated: false,
  turns: [],
});

export const comingTurn: Turn = {
  id: "far",
  askedAtMs: 1,
  question: "q",
  context: [],
  answer: "Some",
  state: "answering",
  failure: null,
  decision: null,
};
