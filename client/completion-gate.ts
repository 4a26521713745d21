import { isLanguageOn } from "../shared/is-language-on.ts";
import { type Ignored, maySend } from "../shared/may-send.ts";
import type { CompletionsState, ServerState } from "../shared/protocol.ts";

/** Whether the file of a document may go into a prompt. `unknown`: it is being looked at. */
export type FileVerdict = { state: "ok" } | { state: "unknown" } | { state: "no"; why: string };

/** What decides, in this process, whether the server is asked for ghost text at all. */
export interface GateFacts {
  /** What the server made of the settings; null before it said anything. */
  completions: CompletionsState | null;
  trusted: boolean;
  /** Of the document; null when no editor is open. */
  languageId: string | null;
  /** null: not snoozed; Infinity: until the window is opened anew. */
  snoozedUntilMs: number | null;
  nowMs: number;
  /** IANA name of the person's time zone; undefined: the host's own. */
  timeZone: string | undefined;
  file: FileVerdict;
  /** The name of another extension that is left to complete, or null. */
  yieldsTo: string | null;
}

/** Why no completion is asked for, in a few words, or null when one may be. A file that is not known yet is no reason. */
export function whyNoCompletion(facts: GateFacts): string | null {
  const { completions, languageId, file } = facts;
  if (!facts.trusted) return notTrusted;
  if (completions === null) return "not set up yet";
  if (!completions.on) return completions.why ?? "off";
  const snoozed = whySnoozed(facts);
  if (snoozed !== null) return snoozed;
  if (languageId !== null && !isLanguageOn(completions.languages, languageId)) return `${languageId} off`;
  if (file.state === "no") return file.why;
  return facts.yieldsTo === null ? null : `${facts.yieldsTo} completes`;
}

const notTrusted = "not trusted";

/** What the status bar says of completions. `off` is the person's wish, or the lack of what they need. */
export interface CompletionsStatus {
  state: "off" | "on" | "working";
  /** Why no completion comes here and now although they are wanted, in a few words, or null. */
  reason: string | null;
  /** The failure behind `reason`, where it is one. */
  trouble?: ServerState["completions"]["trouble"];
}

/**
 * `server` is what the server last said of its own part; what holds in this window goes before it. `editorShows` is false
 * when VS Code itself is told to show no ghost text: then it never asks. `uri` is the document's; null without an editor.
 */
export function describeCompletions(
  facts: GateFacts & { uri: string | null; server: ServerState["completions"]; editorShows: boolean },
): CompletionsStatus {
  const { completions, server, trusted } = facts;
  if (completions === null) return { state: "off", reason: null };
  // The shield beside it and the tooltip say the rest.
  if (!completions.on)
    return { state: "off", reason: completions.why === null || trusted ? completions.why : notTrusted };
  const reason = whyNoCompletion(facts) ?? (facts.editorShows ? null : "editor.inlineSuggest.enabled is off");
  if (reason !== null) return { state: "on", reason };
  if (server.working > 0) return { state: "working", reason: null };
  if (server.uri !== facts.uri) return { state: "on", reason: null };
  const { silent, trouble } = server;
  return { state: "on", reason: silent, ...(silent === null || trouble === undefined ? {} : { trouble }) };
}

/**
 * The verdict on a file by every path it goes by and what the ignore files say. `fullPaths` is null when where it really
 * lies cannot be told. Trust is not asked here: it can be granted at any time.
 */
export function judgeFile({
  fullPaths,
  ignored,
}: {
  fullPaths: readonly string[] | null;
  ignored: Ignored;
}): FileVerdict {
  if (fullPaths === null) return { state: "no", why: "its link cannot be followed" };
  const isSecret = fullPaths.some((path) => !maySend({ path, trusted: true, ignored: false }).ok);
  if (isSecret) return { state: "no", why: "secret file" };
  if (ignored === "unknown") return { state: "no", why: "ignore file unreadable" };
  return ignored ? { state: "no", why: "file ignored" } : { state: "ok" };
}

function whySnoozed({ snoozedUntilMs, nowMs, timeZone }: GateFacts): string | null {
  if (snoozedUntilMs === null || snoozedUntilMs <= nowMs) return null;
  if (snoozedUntilMs === Number.POSITIVE_INFINITY) return "snoozed until restart";
  return `snoozed until ${clockTime(snoozedUntilMs, timeZone)}`;
}

/** "14:05". */
export function clockTime(atMs: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(
    atMs,
  );
}
