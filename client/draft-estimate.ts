import type { ContextItem } from "../shared/answer.ts";
import type { EstimateResult } from "../shared/estimate.ts";
import { EstimateRequest } from "../shared/protocol.ts";
import type { Connection } from "./server-process.ts";

/**
 * What the question in the box would cost, from our own server, while it is typed: one request under way at most, the
 * latest state of things wins, and what has become stale meanwhile is not told.
 */
export interface DraftEstimate {
  /** The text in the box is another; `revision` is the page's number for it. */
  typed(question: string, revision: number): void;
  /** Something else it depends on is another: who answers, the chips' texts, models and prices, what a cap leaves. */
  changed(): void;
  /** The conversation before the question is another. */
  conversationChanged(): void;
}

export interface DraftEstimateDeps {
  /** null: no server runs, and none is started for this. */
  connection(): Pick<Connection, "request"> | null;
  isSetUp(): boolean;
  /** False: nobody would see it. */
  isShown(): boolean;
  /** What would go with the question; the same array for as long as nothing of it changes. */
  items(): readonly ContextItem[];
  /** "" for a conversation without a question yet. */
  sessionId(): string;
  mode(): string;
  /** null: there is nothing to tell. */
  post(estimate: EstimateResult | null, revision: number): void;
  log(message: string): void;
}

export function createDraftEstimate(deps: DraftEstimateDeps): DraftEstimate {
  let draft = { question: "", revision: 0 };
  let isAsking = false;
  /** Something has changed since the request under way was sent. */
  let isStale = false;
  /** Counts what the server cannot know of: turns that ended or changed. */
  let turns = 0;
  /** What the server has from the last request; sent again only where it differs, for texts are long. */
  let known: { connection: unknown; items: unknown; sessionId: string; turns: number } | null = null;

  const ask = async (): Promise<void> => {
    if (isAsking) {
      isStale = true;
      return;
    }
    isAsking = true;
    try {
      do {
        isStale = false;
        const { question, revision } = draft;
        const result = await request(question);
        // Typed on, or sent: what is there now is asked about, and this is shown to nobody.
        if (!isStale) deps.post(result, revision);
      } while (isStale);
    } finally {
      isAsking = false;
    }
  };

  const request = async (question: string): Promise<EstimateResult | null> => {
    const connection = deps.isSetUp() ? deps.connection() : null;
    if (connection === null) return null;
    const next = { connection, items: deps.items(), sessionId: deps.sessionId(), turns };
    const isKnown =
      known !== null &&
      known.connection === next.connection &&
      known.items === next.items &&
      known.sessionId === next.sessionId &&
      known.turns === next.turns;
    try {
      const context = isKnown ? {} : { context: [...next.items] };
      const params = { sessionId: next.sessionId, question, mode: deps.mode(), ...context };
      const result = await connection.request(EstimateRequest, params);
      known = next;
      return result;
    } catch (error) {
      known = null;
      deps.log(`No estimate: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };

  const changed = (): void => {
    if (deps.isShown()) void ask();
  };

  return {
    typed(question, revision) {
      draft = { question: question.trim(), revision };
      changed();
    },
    changed,
    conversationChanged() {
      turns += 1;
      changed();
    },
  };
}
