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
  /** The most it can cost, which is held while it is answered; null: the price is not known. */
  heldNano: number | null;
  /** The cap that leaves less than the least that must be held ("this workspace's $1.00 a day"), or null. */
  overCap: string | null;
};
export type EstimateResult = {
  /** The first route of each tier; null where none could take it now. */
  cheap: RouteEstimate | null;
  frontier: RouteEstimate | null;
  /** The model that `mode` names; the tiers are null then. */
  picked: RouteEstimate | null;
  /** The tier that would be asked first; null without a question. */
  tier: Tier | null;
};
