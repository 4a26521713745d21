import { plainText, templatePrompt } from "../core/fim-prompt.ts";
import type { FimRequest } from "../core/provider.ts";
import type { OptionalParameter } from "./encode-chat.ts";
import type { WireRow } from "./presets.ts";

/** Where a provider answers. */
interface Place {
  baseUrl: string;
  origin: string;
  row: WireRow;
}

export interface EncodedFill {
  url: string;
  body: Record<string, unknown>;
}

/**
 * Where a streamed request to fill a hole goes, and its body; null when the model's marks are not known. `refused` names
 * what this server is known not to take for this model.
 */
export function encodeFill(
  request: FimRequest,
  place: Place,
  refused: ReadonlySet<OptionalParameter>,
): EncodedFill | null {
  const { baseUrl, row } = place;
  const { stop = [] } = request;
  const prefix = plainText(request.prefix);
  const suffix = plainText(request.suffix);
  const temperature =
    request.temperature === undefined || refused.has("temperature") ? {} : { temperature: request.temperature };
  const usage =
    row.includeUsage === "ask" && !refused.has("stream_options") ? { stream_options: { include_usage: true } } : {};
  const common = (stops: readonly string[]) => ({
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...temperature,
    ...(stops.length === 0 ? {} : { stop: stops.slice(0, mostStops) }),
  });
  const model = request.modelId;
  switch (request.wire) {
    case "suffix":
      return {
        url: `${betaBase(place)}/completions`,
        body: { model, prompt: prefix, suffix, ...common(stop), ...usage },
      };
    case "mistral":
      return {
        url: `${baseUrl}/fim/completions`,
        body: { model, prompt: prefix, suffix, ...common(stop), ...usage },
      };
    case "template": {
      const written = templatePrompt(model, { prefix, suffix });
      if (written === null) return null;
      // What was asked for first: the model's own end, which heads its list, comes next.
      const stops = [...new Set([...stop, ...written.stop])];
      return { url: `${baseUrl}/completions`, body: { model, prompt: written.prompt, ...common(stops), ...usage } };
    }
    case "infill":
      return {
        // The route is at the server's root; only what OpenAI has stands under /v1.
        url: `${baseUrl.replace(/\/v\d+$/, "")}/infill`,
        body: {
          model,
          input_prefix: prefix,
          input_suffix: suffix,
          prompt: "",
          n_predict: request.maxOutputTokens,
          stream: true,
          // The next key's prompt begins like this one's.
          cache_prompt: true,
          ...temperature,
          ...(stop.length === 0 ? {} : { stop: [...stop] }),
        },
      };
  }
}

/** More than these some servers refuse, and they only save tokens: whoever asked stops reading anyway. */
const mostStops = 4;

/** The base URL of what a vendor serves as its beta, however the base URL itself is written. */
export function betaBase({ baseUrl, origin, row }: Place): string {
  return row.betaPath === null ? baseUrl : origin + row.betaPath;
}
