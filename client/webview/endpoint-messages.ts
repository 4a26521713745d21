import * as z from "zod";
import type { EndpointState } from "../../shared/endpoint.ts";
import { snippetNames } from "./endpoint-snippets.ts";
import type { PageState } from "./messages.ts";

/** What the page of the local endpoint and the extension host say to each other. The host parses what the page sends. */

const copiedSchema = z.enum(["token", "openaiAddress", "anthropicAddress", ...snippetNames]);
/** What can be put on the clipboard; the host writes the token in, which the page does not have. */
export type Copied = z.infer<typeof copiedSchema>;

export const fromEndpointSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("showToken") }),
  z.strictObject({ type: z.literal("tryAgain") }),
  /** The setting of a cap, by its place among those that are shown. */
  z.strictObject({ type: z.literal("openCap"), at: z.number().int() }),
  z.strictObject({ type: z.literal("copy"), what: copiedSchema }),
  z.strictObject({
    type: z.literal("command"),
    command: z.enum([
      "startEndpoint",
      "stopEndpoint",
      "newEndpointToken",
      "openSetting",
      "showCosts",
      "changeKey",
      "addProvider",
      "usePlayground",
      "restartServer",
      "showLog",
    ]),
  }),
]);
export type FromEndpoint = z.infer<typeof fromEndpointSchema>;

/** All that the page shows but the token, sent whole. */
export type EndpointPageState = {
  setup: PageState["setup"];
  connection: PageState["connection"];
  /** As the settings say. */
  enabled: boolean;
  /** null: the server has not said anything of it yet. */
  state: EndpointState | null;
  /** The host the endpoint is on, "" for this machine: "WSL: Ubuntu". */
  hostLabel: string;
  /** How a command line of that host is written. */
  shell: "sh" | "powershell";
  /** `provider/model`, as many as there are. */
  models: readonly string[];
  /** Why the last thing could not be done, or null. */
  problem: string | null;
  /** What cannot be used of the settings of the endpoint, and what is used instead. */
  settingProblems: readonly string[];
  /** Which providers lack their key, in sentences. */
  keyless: readonly string[];
};

export type ToEndpoint =
  | { type: "state"; state: EndpointPageState }
  /** What the person asked to see; null: what they see holds no longer. */
  | { type: "token"; token: string | null }
  | { type: "copied"; what: Copied }
  /** The server was told again, as the person wanted; what came of it was in a state, if it was news. */
  | { type: "tried" }
  | { type: "focus" };
