import * as z from "zod";
import { contextItemSchema, type Tier } from "./answer.ts";

/** What a question that is being typed would cost: for the line under the box, before anything is sent. */

export const estimateParamsSchema = z.strictObject({
  sessionId: z.string(),
  /** As it is typed now; "" before anything is. */
  question: z.string(),
  /** What would go with it. Absent: that, and the conversation before it, are as in the last estimate. */
  context: z.array(contextItemSchema).optional(),
  /** `auto`, `cheap`, `frontier`, or `provider/model`. */
  mode: z.string().min(1).default("auto"),
});
export type EstimateParams = z.input<typeof estimateParamsSchema>;
/** Why a cap would keep a question from a route. */
export type Shortage =
  /** The least that must be held on it, and what `cap` ("this workspace's $1.00 a day") leaves; `neededNano` is more. */
  | { kind: "too-little"; cap: string; neededNano: number; leftNano: number }
  /** What `setting` holds is no amount: nothing that costs is sent. */
  | { kind: "unreadable-cap"; setting: string }
  /** There is a cap, and nobody knows what this route would cost. */
  | { kind: "unknown-price" };
/** What a question would cost on one route, as far as that can be known before it is asked. */
export type RouteEstimate = {
  providerId: string;
  modelId: string;
  tier: Tier;
  simulated: boolean;
  /** The whole prompt, with what of it comes out of the vendor's cache, and what is written into it. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Counted as this model's vendor has counted lately; else by our estimate alone. */
  isCalibrated: boolean;
  answerTokens: number;
  /** Whose mean that is: this model's in this conversation, or lately; "usual": of neither enough is known. */
  answerFrom: "conversation" | "model" | "usual";
  /** null: the price is not known. */
  costNano: number | null;
  /**
   * What is held while it is answered: the most it can cost, or what the caps leave of that. null: the price is not
   * known. Where it would be refused, what would be held without caps.
   */
  heldNano: number | null;
  /** The cap that lowers the room for the answer ("this workspace's $1.00 a day"), with what room is left; else null. */
  lowered: { cap: string; outputTokens: number } | null;
  /** What keeps it from being asked; null where nothing does. */
  shortage: Shortage | null;
};
export type EstimateResult = {
  /** The route of each tier that would be asked first in it; null where none could take it now. */
  cheap: RouteEstimate | null;
  frontier: RouteEstimate | null;
  /** The model that `mode` names; the tiers are null then. */
  picked: RouteEstimate | null;
  /** Only where the caps leave nothing else: the free model of no tier that would be asked. */
  local: RouteEstimate | null;
  /** The tier that would in truth be asked first under the caps; null without a question, and where none would be. */
  tier: Tier | null;
  /** True where the caps leave nothing that could be asked. */
  isRefused: boolean;
  /**
   * What keeps the question from the tier it was for, so that another answers; where it would be refused, what is the
   * least in the way. null: nothing is.
   */
  inTheWay: { tier: Tier; shortage: Shortage } | null;
  /** True where it would be answered by what was kept of the very same question, for nothing; all else is for asking anew. */
  fromCache: boolean;
};
