import type { CancellationToken } from "vscode";
import type { ContextChip, ContextItem, Session, Turn } from "../shared/answer.ts";
import type { Failure } from "../shared/failure.ts";
import { DeleteSessionRequest, ListSessionsRequest, ReadSessionRequest } from "../shared/protocol.ts";
import { createFollower, isElsewhere, markElsewhere } from "./follow-elsewhere.ts";
import { createRememberedContexts, type Gather } from "./remembered-contexts.ts";
import type { Connection } from "./server-process.ts";
import { emptySession, failedTurn, newTurn, withHead, withParts, withTurn } from "./turn-edits.ts";
import type { ToPage } from "./webview/messages.ts";

/**
 * The conversations of this window: the one on the page and those whose answers still come. They are the server's to
 * keep; here they live in memory, so that the page may be reloaded and the server may die without anything shown being
 * lost but the answer in flight, which says that it was interrupted.
 */
export interface Conversations {
  current(): Session | null;
  isAnswering(): boolean;
  ask(question: NewQuestion): Promise<void>;
  /** Asks a turn's question again; an unfinished last turn is replaced, an answered one stays above the new. */
  retry(turnId: string, mode: string): Promise<void>;
  /** Asks for the rest of an answer that ended for want of room, as the next turn, with the context its own had. */
  goOn(turnId: string, mode: string): Promise<void>;
  stop(turnId: string): void;
  /** Stops what is being answered on the page. */
  stopCurrent(): void;
  startNew(): void;
  open(sessionId: string): Promise<void>;
  /** Brings back the conversation that was open in this workspace, else what the page remembers of before its reload. */
  resume(sessionId: string | null): Promise<void>;
  /** An ended turn has become another, for what the server found out about it afterwards. */
  amend(sessionId: string, turn: Turn): void;
  list(): Promise<void>;
  delete(sessionId: string): Promise<void>;
  /** Stops everything; no answer is waited for. */
  dispose(): void;
}

export interface NewQuestion {
  turnId: string;
  question: string;
  mode: string;
  /** The answered turn that is asked once more. */
  retryOf?: string;
  /** Gathered only once it is sure that the question is asked. */
  context: Gather;
}

export interface ConversationsDeps {
  server: { start(): Promise<Connection>; connection(): Connection | null };
  /** Resolves when the server knows the settings and keys as they are now. */
  settingsArrived(): Promise<void>;
  /** False: nothing is configured, and no server is to be started. */
  isSetUp(): boolean;
  /** True once anything was ever set up here: then there may be conversations to read. */
  hasHistory(): boolean;
  post(message: ToPage): void;
  /** The conversation shows something else than before. */
  onChange(): void;
  gatherAgain(chip: ContextChip): Promise<ContextItem | null>;
  /** What was open in this workspace: null for a new chat; undefined when that was never told. */
  lastSession: { read(): string | null | undefined; write(sessionId: string | null): void };
  newId(): string;
  now(): number;
  /** Calls once after `delayMs`; the returned function prevents it. */
  later(delayMs: number, run: () => void): () => void;
  newCancellation(): { token: CancellationToken; cancel(): void };
  log(message: string): void;
}

interface Running {
  session: Session;
  turn: Turn;
  cancel(): void;
  cancelled: boolean;
  /** Resolves when it is cancelled: what cannot be cancelled itself is not waited for any longer. */
  stopped: Promise<null>;
}

/** What is asked where an answer ended for want of room. */
const GO_ON = "Continue exactly where the answer stopped.";

export function createConversations(deps: ConversationsDeps): Conversations {
  let current: Session | null = null;
  /** How often the page was given another conversation, or a new one. */
  let shown = 0;
  /** By conversation; one answer in each. As many as a person starts by hand. */
  const running = new Map<string, Running>();
  const contexts = createRememberedContexts(deps.gatherAgain);

  const show = (session: Session | null): void => {
    shown += 1;
    current = session;
    deps.lastSession.write(session?.id ?? null);
    deps.post({ type: "patch", state: { session } });
    deps.onChange();
    if (session !== null && isElsewhere(session)) follower.follow(session.id);
    else follower.stop();
  };
  const postIfCurrent = (sessionId: string, message: ToPage): void => {
    if (current?.id === sessionId) deps.post(message);
  };
  const keep = (session: Session, turn: Turn): Session => {
    const next = withTurn(session, turn, deps.now());
    if (current?.id === session.id) current = next;
    return next;
  };

  const ask = async ({ turnId, question, mode, retryOf, context }: NewQuestion): Promise<void> => {
    const before: Session = current ?? emptySession(deps.newId(), question, deps.now());
    if (running.has(before.id)) {
      deps.post({ type: "announce", text: "An answer is still coming. Escape stops it." });
      return;
    }
    const cancellation = deps.newCancellation();
    let stop = () => {};
    const run: Running = {
      session: before,
      turn: newTurn(turnId, question, deps.now()),
      cancelled: false,
      stopped: new Promise((resolve) => {
        stop = () => resolve(null);
      }),
      cancel() {
        run.cancelled = true;
        stop();
        cancellation.cancel();
      },
    };
    running.set(before.id, run);
    current = before;
    deps.lastSession.write(before.id);

    let ended: Turn;
    try {
      const items = await gather(run, context);
      const chips = items instanceof Error ? [] : items.map(({ text: _text, ...chip }) => chip);
      run.turn = { ...run.turn, context: chips };
      run.session = keep(run.session, run.turn);
      postIfCurrent(before.id, { type: "turnStarted", turn: run.turn });
      deps.onChange();
      ended =
        items instanceof Error
          ? failedTurn(run.turn, items.message)
          : await answer(run, { sessionId: before.id, mode, retryOf, items, token: cancellation.token });
    } finally {
      // Whatever went wrong, the next question is not held up by this one.
      running.delete(before.id);
    }
    const session = keep(run.session, ended);
    postIfCurrent(before.id, { type: "turnEnded", turn: ended });
    deps.onChange();
    if (deps.server.connection() !== null) await takeHead(session.id);
    if (current?.id === session.id) deps.post({ type: "patch", state: { session: current } });
  };

  /** What goes with a question, nothing when it is stopped meanwhile, or why it cannot be gathered. */
  const gather = async (run: Running, context: Gather): Promise<ContextItem[] | Error> => {
    // Until it is gathered, asking again gathers it.
    contexts.remember(run.turn.id, context);
    if (!deps.isSetUp()) return [];
    try {
      const items = await Promise.race([context(), run.stopped]);
      if (items !== null) contexts.remember(run.turn.id, () => Promise.resolve(items));
      return items ?? [];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      deps.log(`The context of a question could not be gathered: ${message}`);
      return error instanceof Error ? error : new Error(message);
    }
  };

  const answer = async (
    run: Running,
    request: {
      sessionId: string;
      mode: string;
      retryOf: string | undefined;
      items: ContextItem[];
      token: CancellationToken;
    },
  ): Promise<Turn> => {
    if (run.cancelled) return { ...run.turn, state: "cancelled" };
    if (!deps.isSetUp()) return { ...run.turn, state: "failed", failure: nothingSetUp };
    let connection: Connection | null = null;
    try {
      connection = await Promise.race([deps.server.start(), run.stopped]);
      if (connection === null || run.cancelled) return { ...run.turn, state: "cancelled" };
      await Promise.race([deps.settingsArrived(), run.stopped]);
      if (run.cancelled) return { ...run.turn, state: "cancelled" };
      const { sessionId, mode, retryOf, items, token } = request;
      const again = retryOf === undefined ? {} : { retryOf };
      return await connection.ask(
        { sessionId, turnId: run.turn.id, question: run.turn.question, context: items, mode, ...again },
        (parts) => {
          run.turn = { ...run.turn, answer: withParts(run.turn.answer, parts) };
          run.session = keep(run.session, run.turn);
          postIfCurrent(sessionId, { type: "parts", turnId: run.turn.id, parts });
        },
        token,
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      deps.log(`A question was not answered: ${message}`);
      if (run.cancelled) return { ...run.turn, state: "cancelled" };
      // The server that was asked is gone: what had come is kept, and the page offers to ask again.
      if (connection !== null && deps.server.connection() !== connection) {
        return { ...run.turn, state: "interrupted" };
      }
      return failedTurn(run.turn, message);
    }
  };

  /** The server names a conversation by its first question, and only its ledger knows all that it has cost. */
  const takeHead = async (sessionId: string): Promise<void> => {
    const kept = await readSession(sessionId);
    if (kept !== null && current?.id === sessionId) current = withHead(current, kept);
  };

  /** What a turn cost may have come out only after it had ended; what the conversation cost is another then, too. */
  const takeCost = async (sessionId: string): Promise<void> => {
    if (deps.server.connection() === null) return;
    const before = current;
    await takeHead(sessionId);
    const isOther = before?.costNano !== current?.costNano || before?.knownNano !== current?.knownNano;
    if (current?.id === sessionId && isOther) deps.post({ type: "patch", state: { session: current } });
  };

  const readSession = async (sessionId: string): Promise<Session | null> => {
    if (!deps.hasHistory()) return null;
    try {
      const connection = await deps.server.start();
      const session = await connection.request(ReadSessionRequest, { sessionId });
      return session === null ? null : markElsewhere(session, isOurs);
    } catch (error) {
      deps.log(`A conversation could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };

  const isOurs = (turnId: string): boolean => [...running.values()].some((run) => run.turn.id === turnId);

  /** What has come of turns answered elsewhere goes into the conversation on the page; all else there stays. */
  const readAgain = async (sessionId: string): Promise<boolean> => {
    if (current?.id !== sessionId) return false;
    try {
      // A server that is away is not started for this; the next try finds it or does not.
      const read = await deps.server.connection()?.request(ReadSessionRequest, { sessionId });
      if (read === undefined) return true;
      if (read === null || current?.id !== sessionId) return false;
      const found = new Map(markElsewhere(read, isOurs).turns.map((turn) => [turn.id, turn]));
      const update = (session: Session): Session =>
        session.turns.reduce(
          (updated, turn) => {
            const next = turn.elsewhere === true ? found.get(turn.id) : undefined;
            return next === undefined ? updated : withTurn(updated, next, updated.updatedAtMs);
          },
          withHead(session, read),
        );
      const run = running.get(sessionId);
      if (run !== undefined) run.session = update(run.session);
      current = update(current);
      deps.post({ type: "patch", state: { session: current } });
    } catch (error) {
      deps.log(`A conversation was not read again: ${error instanceof Error ? error.message : String(error)}`);
    }
    return isElsewhere(current);
  };
  const follower = createFollower({ readAgain, later: deps.later });

  const list = async (): Promise<void> => {
    try {
      const sessions = deps.hasHistory() ? await (await deps.server.start()).request(ListSessionsRequest, {}) : [];
      deps.post({ type: "sessions", sessions });
    } catch (error) {
      deps.log(`The conversations could not be listed: ${error instanceof Error ? error.message : String(error)}`);
      deps.post({ type: "sessions", sessions: [] });
    }
  };

  const open = async (sessionId: string): Promise<void> => {
    if (current?.id === sessionId) return show(current);
    const session = running.get(sessionId)?.session ?? (await readSession(sessionId));
    if (session === null) {
      deps.post({ type: "announce", text: "That conversation is not there any more." });
      return list();
    }
    show(session);
  };

  return {
    current: () => current,
    isAnswering: () => current !== null && running.has(current.id),
    ask,
    async retry(turnId, mode) {
      const turns = current?.turns ?? [];
      const turn = turns.find((each) => each.id === turnId);
      if (turn === undefined) return;
      // What another window may still be answering is not written over.
      const replaces = turns.at(-1) === turn && turn.state !== "done" && turn.elsewhere !== true;
      await ask({
        ...(replaces ? { turnId } : { turnId: deps.newId(), retryOf: turnId }),
        question: turn.question,
        mode,
        context: contexts.of(turn),
      });
    },
    async goOn(turnId, mode) {
      const turn = current?.turns.find((each) => each.id === turnId);
      if (turn === undefined) return;
      await ask({ turnId: deps.newId(), question: GO_ON, mode, context: contexts.of(turn) });
    },
    stop(turnId) {
      for (const run of running.values()) if (run.turn.id === turnId) run.cancel();
    },
    stopCurrent() {
      if (current !== null) running.get(current.id)?.cancel();
    },
    startNew: () => show(null),
    open,
    async resume(sessionId) {
      // The page's own memory is kept by the editor now and then only, and may be of an earlier conversation.
      const open = deps.lastSession.read();
      const wanted = open === undefined ? sessionId : open;
      if (current !== null || wanted === null) return;
      const before = shown;
      const session = await readSession(wanted);
      // The person may have asked something meanwhile, or begun a new chat; that stays.
      if (session !== null && current === null && shown === before) show(session);
    },
    amend(sessionId, turn) {
      const before = current?.turns.find((each) => each.id === turn.id)?.decision ?? null;
      const update = (session: Session): Session =>
        session.turns.some((each) => each.id === turn.id) ? withTurn(session, turn, session.updatedAtMs) : session;
      const run = running.get(sessionId);
      if (run !== undefined) run.session = update(run.session);
      if (current?.id !== sessionId) return;
      current = update(current);
      deps.post({ type: "patch", state: { session: current } });
      const text = newsOf(before, turn.decision);
      if (text !== null) deps.post({ type: "announce", text });
      void takeCost(sessionId);
    },
    list,
    async delete(sessionId) {
      running.get(sessionId)?.cancel();
      try {
        await (await deps.server.start()).request(DeleteSessionRequest, { sessionId });
        if (current?.id === sessionId) show(null);
      } catch (error) {
        deps.log(`A conversation could not be deleted: ${error instanceof Error ? error.message : String(error)}`);
        deps.post({ type: "announce", text: "The conversation could not be deleted. The log says why." });
      }
      await list();
    },
    dispose() {
      follower.stop();
      for (const run of running.values()) run.cancel();
    },
  };
}

/** What an amended decision says that it did not say before, for whoever hears the page; null: nothing. */
function newsOf(before: Turn["decision"], after: Turn["decision"]): string | null {
  // What was seen after an insertion the page tells by itself, as soon as it is seen.
  const isUnparsed = after?.unparsed !== undefined && before?.unparsed === undefined;
  return isUnparsed ? "Code of the answer does not parse." : null;
}

const nothingSetUp: Failure = {
  kind: "setup",
  field: "wayfare.providers",
  message: "Nothing is set up yet. Add a provider, or use the playground.",
};
