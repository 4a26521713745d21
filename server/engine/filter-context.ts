import type { ContextItem } from "../../shared/answer.ts";
import { maySend } from "../../shared/may-send.ts";

/** The context that may be sent, and the rest in words: ".env (it may hold secrets)". */
export interface FilteredContext {
  sent: ContextItem[];
  notSent: string[];
}

/**
 * Asks once more, on the side that sends, whether each item may leave. Ignore files are read by the client alone, which
 * has the workspace's file system; secret files and an untrusted workspace are known here too.
 */
export function filterContext(items: readonly ContextItem[], trusted: boolean): FilteredContext {
  const sent: ContextItem[] = [];
  const notSent: string[] = [];
  for (const item of items) {
    const answer = maySend({ path: item.path, trusted, ignored: false });
    if (answer.ok) sent.push(item);
    else notSent.push(`${item.path} (${answer.why})`);
  }
  return { sent, notSent };
}
