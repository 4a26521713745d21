import type { ModelSummary, Tier } from "../shared/answer.ts";
import { tokensInWords } from "../shared/token-words.ts";
import type { Answer, Dialog, Row } from "./dialog.ts";
import { modelPrice } from "./webview/price-words.ts";

export interface ModelChoice {
  title: string;
  providerId: string;
  /** Steps that were asked before these. */
  stepsBefore: number;
  models: readonly ModelSummary[];
  /** Ids in use that its list does not name. Absent: none. */
  unlisted?: readonly string[];
  /** Stands above those of `proposed`. Absent: "Proposed". */
  heading?: string;
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
  const unlisted = choice.unlisted ?? [];
  if (choice.models.length + unlisted.length === 0) {
    const answer = await typeModels(dialog, choice);
    if (answer.kind !== "value") return answer;
    typed = answer.value;
  }
  const bare = [...typed, ...unlisted].map(bareRow(choice.providerId));
  const rows = [...choice.models.map(modelRow), ...bare];
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
  { title, stepsBefore, heading = "Proposed" }: ModelChoice,
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
  const others = byMaker(pick.rows.filter((row) => !pick.picked.includes(row.value)));
  return dialog.pickMany({
    title: `${title}: ${pick.tier} tier`,
    step: stepsBefore + pick.extra + (pick.tier === "cheap" ? 1 : 2),
    totalSteps: stepsBefore + pick.extra + 2,
    placeholder: words[pick.tier],
    rows: [
      ...marked.map((row, index) => ({ ...row, picked: true, ...(index === 0 ? { group: heading } : {}) })),
      ...others.map((row) => ({ ...row, picked: false })),
    ],
    refuse: pick.refuse,
  });
}

/** Rows under the names of who made the models, where a gateway writes `maker/model`; each maker where it came first. */
function byMaker(rows: readonly Row<string>[]): Row<string>[] {
  const makers = new Map<string, Row<string>[]>();
  for (const row of rows) {
    const slash = row.label.indexOf("/");
    const maker = slash > 0 ? row.label.slice(0, slash) : "";
    const own = makers.get(maker);
    if (own === undefined) makers.set(maker, [row]);
    else own.push(row);
  }
  return [...makers].flatMap(([maker, own]) =>
    own.map((row, index) => (index === 0 ? { ...row, group: maker === "" ? "Others" : maker } : row)),
  );
}

function bareRow(providerId: string): (id: string) => Row<string> {
  return (id) => ({ label: labelOf(id), description: "price unknown", value: `${providerId}/${id}` });
}

/** As it is written: `$(…)` is a picture in VS Code's lists. */
function labelOf(id: string): string {
  return id.replaceAll("$(", "\\$(");
}

function modelRow(model: ModelSummary): Row<string> {
  return {
    label: labelOf(model.modelId),
    // Found by what is typed, as the name is: "images" leaves those that take some.
    description: [
      modelPrice(model),
      model.windowTokens === null ? "" : `${tokensInWords(model.windowTokens, "down")} window`,
      model.takesImages === true ? "images" : "",
      model.takesTools === true ? "tools" : "",
      model.thinks === true ? "thinks" : "",
      model.fillsHoles === true ? "fills holes" : "",
    ]
      .filter((each) => each !== "")
      .join(" · "),
    value: `${model.providerId}/${model.modelId}`,
  };
}
