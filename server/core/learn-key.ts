import type { Turn } from "../../shared/answer.ts";
import type { LearnKind } from "../../shared/learned.ts";
import type { Features } from "./feature-table.ts";

/** What is learned of one model is kept apart by what it was asked for and in which language. */
export interface LearnKey {
  kind: LearnKind;
  /** As VS Code names it; "" where no code came with the question. */
  languageId: string;
  model: LearnModel;
}

/** A model as it is asked. What simulated answers did is no news of a model that is paid, so they are kept apart. */
export interface LearnModel {
  providerId: string;
  modelId: string;
  simulated: boolean;
}

/** The kind of a question by the kind of work that the classifier found in it; everything without one is `chat`. */
export function kindOf(features: Readonly<Partial<Features>>): LearnKind {
  const has = (name: keyof Features) => (features[name] ?? 0) > 0;
  if (has("isMessage")) return "commit";
  if (has("isTest")) return "test";
  if (has("isFix") || has("isInvestigate")) return "fix";
  const isEdit =
    has("isEdit") ||
    has("isRename") ||
    has("isDocument") ||
    has("isFormat") ||
    has("isConvert") ||
    has("isRefactor") ||
    has("isMigrate") ||
    has("isOptimize") ||
    has("isImplement") ||
    has("isWrite") ||
    has("isPattern");
  return isEdit ? "edit" : "chat";
}

/** The language that a question is about: that of its code, else of the code that came last before it; "": not known. */
export function languageOfQuestion(
  context: readonly { languageId: string }[],
  earlier: readonly Pick<Turn, "context">[],
): string {
  const last = earlier.findLast((turn) => turn.context.length > 0);
  return (context[0] ?? last?.context[0])?.languageId ?? "";
}

/** One string for a model, as maps and pages name it. */
export function modelName({ providerId, modelId, simulated }: LearnModel): string {
  return `${simulated ? "simulated" : "real"} ${providerId}/${modelId}`;
}
