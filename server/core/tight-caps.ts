import type { EndpointCap } from "../../shared/endpoint.ts";
import type { CapState } from "../../shared/protocol.ts";

/** From so much of a limit on a person wants to know of it before tools are refused. */
const TIGHT_SHARE = 0.8;

/**
 * The caps that other tools are near or at, those that cannot be read among them, in the order of `books`: what stands
 * under each, by the name that tools give or null for the endpoint's own. A cap of all books is told once.
 */
export function tightCaps(books: readonly { book: string | null; caps: readonly CapState[] }[]): EndpointCap[] {
  const ofAll = new Set<string>();
  return books.flatMap(({ book, caps }) =>
    caps.filter(isTight).flatMap((cap): EndpointCap[] => {
      if (cap.scope !== "global") return [{ book, cap }];
      if (ofAll.has(cap.id)) return [];
      ofAll.add(cap.id);
      return [{ book: null, cap }];
    }),
  );
}

function isTight({ isUnreadable, spentNano, heldNano, limitNano }: CapState): boolean {
  return isUnreadable === true || spentNano + heldNano >= limitNano * TIGHT_SHARE;
}
