import { ProtocolNotificationType, ProtocolRequestType } from "vscode-languageserver-protocol";
import * as z from "zod";

/** The local endpoint as the client and the server speak of it. */

/** `wayfare.endpoint.port` without a word of the person. */
export const DEFAULT_ENDPOINT_PORT = 8377;

export const endpointParamsSchema = z.strictObject({
  enabled: z.boolean(),
  port: z.number().int().min(1).max(65_535),
  /** What other tools show to be let in: kept in secret storage, the same in all windows. Never logged. */
  token: z.string().min(32).max(200),
});
export type EndpointParams = z.infer<typeof endpointParamsSchema>;

export const endpointStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("off") }),
  /** Switched off here, and a window that did not hear of it still answers by the same token. */
  z.object({ state: z.literal("unheard") }),
  /** This window's server answers at these addresses: `http://127.0.0.1:8377`, `http://[::1]:8377`. */
  z.object({ state: z.literal("running"), urls: z.array(z.string()), spentNano: z.number(), requests: z.number() }),
  /** Another window's server answers there; this one takes over when that ends. */
  z.object({ state: z.literal("elsewhere"), urls: z.array(z.string()), spentNano: z.number(), requests: z.number() }),
  /** Another Wayfare answers there, which does not have this token: a tool that shows it is not let in. It is tried again. */
  z.object({ state: z.literal("foreign"), port: z.number() }),
  /** The port is not to be had; `message` names the mend. It is tried again. */
  z.object({ state: z.literal("failed"), message: z.string() }),
]);
/** `spentNano` and `requests` are of today and of all windows; what is simulated does not count. */
export type EndpointState = z.infer<typeof endpointStateSchema>;

/** client → server: starts, moves or stops the endpoint. Answers with its state. */
export const EndpointRequest = new ProtocolRequestType<EndpointParams, EndpointState, never, void, void>(
  "wayfare/endpoint",
);
/** server → client: on every change. */
export const EndpointNotification = new ProtocolNotificationType<EndpointState, void>("wayfare/endpointChanged");
