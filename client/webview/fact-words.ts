import type { FactName, FactSource, RouteFacts } from "../../shared/routes.ts";
import { tokensInWords } from "../../shared/token-words.ts";

/** The words of what is known of a model, for the page of routes. */

const bySource: Readonly<Record<FactSource, string>> = {
  override: "by your settings",
  provider: "by its provider's list",
  "genai-prices": "by the price list that comes with Wayfare",
  family: "by the table of model families",
};

/** `128k window · images · tools · fills holes`; `window not known, 8,000 assumed`. */
export function factLine(facts: RouteFacts | undefined): string {
  if (facts === undefined) return "";
  const { windowTokens, assumedWindowTokens } = facts;
  const parts = [
    windowTokens === null
      ? `window not known, ${figure(assumedWindowTokens)} assumed`
      : `${tokensInWords(windowTokens, "down")} window`,
    facts.takesImages === true ? "images" : "",
    facts.takesTools === true ? "tools" : "",
    facts.thinks === true ? "thinks" : "",
    facts.fillsHoles ? "fills holes" : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** Every fact with who says it, a sentence each. */
export function factDetails(facts: RouteFacts | undefined): string[] {
  if (facts === undefined) return [];
  const { windowTokens, maxOutputTokens, takesImages, takesTools, thinks, fillsHoles } = facts;
  const said = (name: FactName, words: string): string => {
    const source = facts.sources[name];
    return source === undefined ? words : `${words}, ${bySource[source]}`;
  };
  const yesOrNo = (value: boolean | null): string => (value === null ? "not known" : value ? "yes" : "no");
  return [
    said(
      "windowTokens",
      windowTokens === null
        ? `Window: not known, ${figure(facts.assumedWindowTokens)} tokens assumed. Write windowTokens in its provider's models`
        : `Window: ${figure(windowTokens)} tokens`,
    ) + loadWords(facts),
    said(
      "maxOutputTokens",
      maxOutputTokens === null ? "Longest answer: not known" : `Longest answer: ${figure(maxOutputTokens)} tokens`,
    ),
    said("takesImages", `Images: ${yesOrNo(takesImages)}`),
    said("takesTools", `Tools: ${yesOrNo(takesTools)}`),
    said("thinks", `Thinks first: ${yesOrNo(thinks)}`),
    said("fim", fillsHoles ? "Fills holes in code" : "Holes in code: asked in chat"),
  ];
}

/**
 * Of Ollama, which loads as much of a window as it is told: how much that is. A question that fits into less gets less, and
 * more memory is left for the model.
 */
function loadWords({ windowTokens, largestWindowTokens, sources }: RouteFacts): string {
  if (windowTokens === null || largestWindowTokens === undefined) return "";
  const most = `. Its server is told to load as much of it as a question needs, from ${figure(Math.min(windowTokens, 8_192))} tokens on`;
  if (largestWindowTokens <= windowTokens || sources.windowTokens === "override") return most;
  return `${most}; the model can do ${figure(largestWindowTokens)}. Write windowTokens in its provider's models for more`;
}

function figure(tokens: number): string {
  return tokens.toLocaleString("en-US");
}
