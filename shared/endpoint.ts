import { ProtocolNotificationType, ProtocolRequestType } from "vscode-languageserver-protocol";
import * as z from "zod";
import { capStateSchema } from "./protocol.ts";

/** The local endpoint as the client and the server speak of it. */

export const endpointParamsSchema = z.strictObject({
  enabled: z.boolean(),
  port: z.number().int().min(1).max(65_535),
  /** What other tools show to be let in: kept in secret storage, the same in all windows. Never logged. */
  token: z.string().min(32).max(200),
});
export type EndpointParams = z.infer<typeof endpointParamsSchema>;

/** A cap that requests through the endpoint are under, near its limit or at it. */
const endpointCapSchema = z.object({
  /** The book that other tools name; null: the endpoint's own, or a cap of all. */
  book: z.string().nullable(),
  cap: capStateSchema,
});
export type EndpointCap = z.infer<typeof endpointCapSchema>;

/** Of today and of all windows; what is simulated does not count. */
const endpointMoneySchema = z.object({
  spentNano: z.number(),
  requests: z.number(),
  /** Absent: none is near. */
  caps: z.array(endpointCapSchema).optional(),
  /** The last request that this window refused for money, until one that cost something was answered. Absent: none. */
  refused: z.object({ atMs: z.number(), message: z.string() }).optional(),
});
export type EndpointMoney = z.infer<typeof endpointMoneySchema>;

export const endpointStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("off") }),
  /** Switched off here, and a window that did not hear of it still answers by the same token. */
  z.object({ state: z.literal("unheard") }),
  /** This window's server answers at these addresses: `http://127.0.0.1:8377`, `http://[::1]:8377`. */
  endpointMoneySchema.extend({ state: z.literal("running"), urls: z.array(z.string()) }),
  /** Another window's server answers there; this one takes over when that ends. */
  endpointMoneySchema.extend({ state: z.literal("elsewhere"), urls: z.array(z.string()) }),
  /** Another Wayfare answers there, which does not have this token: a tool that shows it is not let in. It is tried again. */
  z.object({ state: z.literal("foreign"), port: z.number() }),
  /** The port is not to be had; `message` names the mend. It is tried again. */
  z.object({ state: z.literal("failed"), message: z.string() }),
]);
export type EndpointState = z.infer<typeof endpointStateSchema>;

/** client → server: starts, moves or stops the endpoint. Answers with its state. */
export const EndpointRequest = new ProtocolRequestType<EndpointParams, EndpointState, never, void, void>(
  "wayfare/endpoint",
);
/** server → client: on every change. */
export const EndpointNotification = new ProtocolNotificationType<EndpointState, void>("wayfare/endpointChanged");
