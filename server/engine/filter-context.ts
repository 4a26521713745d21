import type { ContextItem } from "../../shared/answer.ts";

/** The context that may be sent, and the rest in words: ".env (a secret file)". */
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

/** The hard core of what never leaves, until the shared rule stands. */
function maySend({
  path,
  trusted,
}: {
  path: string;
  trusted: boolean;
  ignored: boolean;
}): { ok: true } | { ok: false; why: string } {
  if (!trusted) return { ok: false, why: "the workspace is not trusted" };
  return /(^|\/)(\.env[^/]*|id_[a-z0-9]+|[^/]*\.(pem|key|p12|pfx))$/i.test(path)
    ? { ok: false, why: "a secret file" }
    : { ok: true };
}
