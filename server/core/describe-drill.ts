/** What came of one scene of the drill, as the page would have shown it. Times in milliseconds of real life. */
export interface DrillSeen {
  /** `provider/model` that is asked first. */
  first: string;
  /** `provider/model`; null: nobody answered. */
  answeredBy: string | null;
  /** Texts that were shown and begun again, and why, in the words of the mark. */
  restarts: readonly { characters: number; why: string }[];
  /** What happened to the first route, in a few words; null where it answered. */
  trouble: string | null;
  /** Of the text that stayed. */
  characters: number;
  isWhole: boolean;
  /** Until the first word of the text that stayed, or until the error. */
  waitedMs: number;
  /** Until the end. */
  tookMs: number;
  /** The sentence under a question that nobody answered. */
  error: string | null;
}

/** What a person who asked would have seen, in a sentence or two. */
export function describeDrill(seen: DrillSeen): string {
  const { first, answeredBy, restarts, trouble, waitedMs, tookMs } = seen;
  const after = `after ${seconds(waitedMs)}`;
  if (answeredBy === null) {
    const error = `“${seen.error ?? "no reason was given"}”`;
    if (seen.characters === 0) return `No answer, and ${after} an error: ${error}`;
    return `${characters(seen.characters)} of an answer, which stay; ${after} an error: ${error}`;
  }
  const whole = seen.isWhole ? "the whole answer" : "an answer that is not whole";
  if (restarts.length > 0) {
    const broken = restarts.map(
      (restart) => `${characters(restart.characters)} of an answer, then a mark: “${restart.why}”`,
    );
    return `${capital(broken.join("; "))}. The text began again ${after}, and ${whole} came from ${answeredBy}.`;
  }
  if (answeredBy === first) {
    const pace = tookMs - waitedMs >= LONG_MS ? `; it was written until ${seconds(tookMs)}` : "";
    return `${capital(whole)} from ${answeredBy}, ${after}${pace}.`;
  }
  return `Nothing was shown of ${first}${trouble === null ? "" : `: ${trouble}`}. ${capital(after)} ${whole} from ${answeredBy}.`;
}

/** An answer that is written so long is one that a person watches. */
const LONG_MS = 5_000;

function characters(count: number): string {
  return `${count} ${count === 1 ? "character" : "characters"}`;
}

/** 940 → `0.9 s`, 12,400 → `12 s`. */
export function seconds(ms: number): string {
  return ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
