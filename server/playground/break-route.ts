import type { BreakRouteParams } from "../../shared/protocol.ts";
import type { VendorFault } from "./vendor-model.ts";

type FaultKind = BreakRouteParams["fault"];

/**
 * The fault that a person chose for a model, for its next `times` requests or until it is mended; null for "none".
 * Silence keeps sending signs of life, for that is how it fools a router; what breaks off does so halfway.
 */
export function faultFor(kind: FaultKind, times?: number): VendorFault | null {
  const lasting = times === undefined ? {} : { times };
  switch (kind) {
    case "none":
      return null;
    case "500":
      return { ...lasting, kind: "status", status: 500 };
    case "429":
      return { ...lasting, kind: "status", status: 429, headers: { "retry-after": "2" } };
    case "refused-key":
      return { ...lasting, kind: "status", status: 401 };
    case "silence":
      return { ...lasting, kind: "silence", phase: "content", keepAlives: true };
    case "stall":
      return { ...lasting, kind: "stall", afterCharacters: "half" };
    case "cut":
      return { ...lasting, kind: "cut", afterCharacters: "half" };
    case "slow":
      return { ...lasting, kind: "late", firstTokenMs: 1_200 };
  }
}

/** What a person would call a fault; those that only tests set are called by the nearest. */
export function nameOfFault(fault: VendorFault | null): FaultKind {
  switch (fault?.kind) {
    case undefined:
      return "none";
    case "status":
      return fault.status === 429 ? "429" : fault.status === 401 || fault.status === 403 ? "refused-key" : "500";
    case "silence":
      return "silence";
    case "stall":
      return "stall";
    case "slow":
    case "late":
      return "slow";
    case "cut":
    case "no-end-signal":
      return "cut";
    case "byte-by-byte":
    case "no-usage":
      return "none";
    default:
      return "500";
  }
}
