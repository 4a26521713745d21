import type { ModelSummary, Tier } from "../shared/answer.ts";
import type { Answer, Dialog, Row } from "./dialog.ts";
import { modelPrice } from "./webview/price-words.ts";

export interface ModelChoice {
  title: string;
  providerId: string;
  /** Steps that were asked before these. */
  stepsBefore: number;
  models: readonly ModelSummary[];
  /** `provider/model`, as the server proposes by price and strength. */
  proposed: { cheap: readonly string[]; frontier: readonly string[] };
}

/** Names are `provider/model`; `models` are ids that were typed because the provider lists none. */
export interface ChosenModels {
  models: string[];
  cheap: string[];
  frontier: string[];
}

/**
 * The last two steps: which of the provider's models are for cheap requests, and which for hard ones, with what each
 * costs. The proposal is marked; a person may take it with two Enters.
 */
export async function chooseModels(dialog: Dialog, choice: ModelChoice): Promise<Answer<ChosenModels>> {
  let typed: string[] = [];
  if (choice.models.length === 0) {
    const answer = await typeModels(dialog, choice);
    if (answer.kind !== "value") return answer;
    typed = answer.value;
  }
  const rows = typed.length > 0 ? typed.map(bareRow(choice.providerId)) : choice.models.map(modelRow);
  const extra = typed.length > 0 ? 1 : 0;
  let cheap: string[] = typed.length > 0 ? [`${choice.providerId}/${typed[0]}`] : [...choice.proposed.cheap];
  const frontier: string[] =
    typed.length > 0 ? [`${choice.providerId}/${typed.at(-1)}`] : [...choice.proposed.frontier];
  for (;;) {
    const first = await pickTier(dialog, choice, { tier: "cheap", rows, picked: cheap, extra, refuse: () => null });
    if (first.kind !== "value") return first;
    cheap = first.value;
    const second = await pickTier(dialog, choice, {
      tier: "frontier",
      rows,
      picked: frontier,
      extra,
      refuse: (names) => (names.length + cheap.length === 0 ? "Pick at least one model for one of the tiers." : null),
    });
    if (second.kind === "cancelled") return second;
    if (second.kind === "value") return { kind: "value", value: { models: typed, cheap, frontier: second.value } };
  }
}

function typeModels(dialog: Dialog, { title, stepsBefore }: ModelChoice): Promise<Answer<string[]>> {
  return dialog
    .enterText({
      title,
      step: stepsBefore + 1,
      totalSteps: stepsBefore + 3,
      prompt: "This provider lists no models. Write the ids you want to use, separated by commas.",
      placeholder: "qwen3-coder, deepseek-v3.2",
      value: "",
      echo: "shown",
      refuse: (text) =>
        idsIn(text).length === 0 ? "Write at least one model id, as the provider's page shows it." : null,
    })
    .then((answer) => (answer.kind === "value" ? { kind: "value", value: idsIn(answer.value) } : answer));
}

function idsIn(text: string): string[] {
  const ids = text.split(/[\s,]+/).filter((id) => id !== "");
  return [...new Set(ids)];
}

const words: Record<Tier, string> = {
  cheap: "Models for the cheap tier: short questions, small edits, explanations",
  frontier: "Models for the frontier tier: hard bugs, design, changes over several files",
};

function pickTier(
  dialog: Dialog,
  { title, stepsBefore }: ModelChoice,
  pick: {
    tier: Tier;
    rows: readonly Row<string>[];
    picked: readonly string[];
    extra: number;
    refuse(names: readonly string[]): string | null;
  },
): Promise<Answer<string[]>> {
  // What is marked stands on top: a gateway lists hundreds.
  const marked = pick.picked.flatMap((name) => pick.rows.filter((row) => row.value === name));
  const others = pick.rows.filter((row) => !pick.picked.includes(row.value));
  return dialog.pickMany({
    title: `${title}: ${pick.tier} tier`,
    step: stepsBefore + pick.extra + (pick.tier === "cheap" ? 1 : 2),
    totalSteps: stepsBefore + pick.extra + 2,
    placeholder: words[pick.tier],
    rows: [
      ...marked.map((row, index) => ({ ...row, picked: true, ...(index === 0 ? { group: "Proposed" } : {}) })),
      ...others.map((row, index) => ({ ...row, picked: false, ...(index === 0 ? { group: "Others" } : {}) })),
    ],
    refuse: pick.refuse,
  });
}

function bareRow(providerId: string): (id: string) => Row<string> {
  return (id) => ({ label: id, description: "price unknown", value: `${providerId}/${id}` });
}

function modelRow(model: ModelSummary): Row<string> {
  return {
    label: model.modelId,
    description: [modelPrice(model), describeWindow(model.windowTokens)].filter((each) => each !== "").join(" · "),
    value: `${model.providerId}/${model.modelId}`,
  };
}

function describeWindow(windowTokens: number | null): string {
  if (windowTokens === null) return "";
  if (windowTokens >= 1_000_000) return `${Math.round(windowTokens / 100_000) / 10}M window`;
  return `${Math.round(windowTokens / 1_000)}k window`;
}
