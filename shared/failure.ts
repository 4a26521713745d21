import * as z from "zod";

/**
 * The vendor behind a gateway whose error the gateway handed on: its name, where that is known, and whose account there is
 * meant. `gateway`: the gateway's own. `kept`: one whose key is kept at the gateway. `sent`: that of the key we sent.
 */
const upstreamSchema = z.object({ name: z.string().nullable(), account: z.enum(["gateway", "kept", "sent"]) });
export type Upstream = z.infer<typeof upstreamSchema>;
/** Absent: whoever was asked speaks for itself. */
const upstream = upstreamSchema.optional();

/**
 * Everything that can go wrong on the way to an answer, born where the knowledge is: the transport knows the status, the
 * decoder the shape, the ledger the money. Deciding code reads `kind` and the facts beside it, never `message`.
 * `message` is one sentence for a person that names what failed and the mend. A cancelled request is not a failure.
 */
export const failureSchema = z.discriminatedUnion("kind", [
  /** No connection: DNS, refused, reset, TLS, the proxy, no route, no connection in time, or no network at all. */
  z.object({
    kind: z.literal("network"),
    cause: z.enum(["dns", "refused", "reset", "tls", "proxy", "unreachable", "connect-timeout", "offline"]),
    host: z.string(),
    message: z.string(),
  }),
  /** Connected, then nothing: no response headers, or no first content in time. Keep-alives are not content. */
  z.object({
    kind: z.literal("silence"),
    phase: z.enum(["headers", "first-content"]),
    waitedMs: z.number(),
    message: z.string(),
  }),
  /** Content came, then stopped coming. */
  z.object({ kind: z.literal("stall"), waitedMs: z.number(), message: z.string() }),
  /** The stream closed without the wire's own end signal. Never a success. */
  z.object({ kind: z.literal("truncated"), message: z.string() }),
  z.object({ kind: z.literal("rate-limit"), retryAfterMs: z.number().nullable(), message: z.string(), upstream }),
  /** 503, 529: the model is busy, the account is fine. */
  z.object({ kind: z.literal("overloaded"), status: z.number(), message: z.string(), upstream }),
  z.object({ kind: z.literal("server-error"), status: z.number(), message: z.string(), upstream }),
  /** 401, or 403 about the key. */
  z.object({ kind: z.literal("auth"), status: z.number(), message: z.string(), upstream }),
  /** Out of credit, or over the provider's own spend limit. Only the person can mend it. */
  z.object({ kind: z.literal("quota"), status: z.number(), message: z.string(), upstream }),
  z.object({ kind: z.literal("unknown-model"), model: z.string(), message: z.string(), upstream }),
  /** The model is there, and not for this account or key. */
  z.object({ kind: z.literal("no-access"), status: z.number(), model: z.string(), message: z.string(), upstream }),
  /** Where the request came from is not served; `model` where it is this model that is not served there. */
  z.object({
    kind: z.literal("region"),
    status: z.number(),
    model: z.string().nullable(),
    message: z.string(),
    upstream,
  }),
  z.object({ kind: z.literal("context-length"), message: z.string(), upstream }),
  /** A request the provider does not take; `parameter` when it names one. */
  z.object({
    kind: z.literal("bad-request"),
    status: z.number(),
    parameter: z.string().nullable(),
    message: z.string(),
  }),
  z.object({ kind: z.literal("content-filter"), message: z.string(), upstream }),
  /** The address answers, but not with the API: an HTML page, a login portal, a redirect. */
  z.object({ kind: z.literal("not-an-api"), status: z.number(), contentType: z.string(), message: z.string() }),
  /** A 200 whose body is not what the wire promises: a JSON error, an unreadable event. */
  z.object({ kind: z.literal("malformed"), message: z.string() }),
  /** A finished answer with no text. */
  z.object({ kind: z.literal("empty"), message: z.string() }),
  /** Refused before a byte left: a cap, or a price nobody knows under a cap. */
  z.object({
    kind: z.literal("budget"),
    message: z.string(),
    /** The cap that was in the way; absent for a price nobody knows and for a cap that cannot be read. */
    cap: z
      .object({
        /** `scope.period`, for example `workspace.daily`. */
        id: z.string(),
        /** The setting that holds it. */
        setting: z.string(),
        limitNano: z.number(),
        spentNano: z.number(),
        heldNano: z.number(),
        /** The least that this request would have held. */
        neededNano: z.number(),
      })
      .optional(),
  }),
  /**
   * Nothing configured, a setting that cannot be used, no key. `field` is the setting or input to mend; `mend` the command
   * that does it, where that is not a change of the setting.
   */
  z.object({
    kind: z.literal("setup"),
    field: z.string(),
    message: z.string(),
    mend: z.enum(["changeKey", "editProvider", "enterPassphrase", "showRoutes"]).optional(),
  }),
  /** The books cannot be kept (read-only or full disk, no node:sqlite), so nothing that costs is sent. */
  z.object({ kind: z.literal("ledger"), message: z.string() }),
  /** A fault of Wayfare itself. */
  z.object({ kind: z.literal("internal"), message: z.string() }),
]);

export type Failure = z.infer<typeof failureSchema>;
export type FailureKind = Failure["kind"];

/** The one error class that crosses room borders. `message` is the failure's. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  return { kind: "internal", message: error instanceof Error ? error.message : String(error) };
}

/** True for the error that an aborted signal causes. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
