import type { AddressedImage, Image, InlineImage, Message, Route } from "./provider.ts";

/** Images that a request names by their addresses, and which of the vendors look one up. Nothing here or elsewhere in Wayfare does. */

/** What of a request's addresses not every vendor takes. */
export interface ImageAddresses {
  /** One of them is `http:`. */
  isPlain: boolean;
  /** One of them does not end as a png, jpeg or webp does. */
  isUntyped: boolean;
  /** One of them stands in a tool's result. */
  isInResult: boolean;
}

/** null where every image is there itself. */
export function addressesIn(messages: readonly Message[]): ImageAddresses | null {
  const found = messages.flatMap(({ role, images = [] }) =>
    images.filter(isAddressed).map(({ url }) => ({ role, url })),
  );
  if (found.length === 0) return null;
  return {
    isPlain: found.some(({ url }) => url.startsWith("http:")),
    isUntyped: found.some(({ url }) => mediaTypeAt(url) === null),
    isInResult: found.some(({ role }) => role === "tool"),
  };
}

export function isAddressed(image: Image): image is AddressedImage {
  return "url" in image;
}

/** The media type that an address tells by how its path ends, among those that every vendor shows to its models; else null. */
export function mediaTypeAt(url: string): InlineImage["mediaType"] | null {
  const ending = /\.([a-z]+)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase();
  return endings.get(ending ?? "") ?? null;
}

const endings: ReadonlyMap<string, InlineImage["mediaType"]> = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
]);

/** Why a model is not asked about images at these addresses, in the plan's words; null where it is. */
export function whyNotByAddress(
  { wire, modelId, takesAddresses }: Pick<Route, "wire" | "modelId" | "takesAddresses">,
  { isPlain, isUntyped, isInResult }: ImageAddresses,
): string | null {
  if (takesAddresses === false) return "takes no image by its address";
  switch (wire) {
    // Who of all that speak it does not look them up says so, and that is remembered.
    case "openai-compatible":
    case "openai-responses":
      return null;
    // It answers others with "Only HTTPS URLs are supported".
    case "anthropic":
      return isPlain ? onlyHttps : null;
    // https://ai.google.dev/gemini-api/docs/file-input-methods: https alone, the media type beside it, not for Gemini 2.0.
    case "google":
      if (!/(^|\/)gemini-(?!(1|2\.0)\b)/.test(modelId)) return "takes no image by its address";
      if (isPlain) return onlyHttps;
      if (isInResult) return "takes no image by its address in a tool's result";
      return isUntyped ? "takes an image by its address only where that ends in .png, .jpg or .webp" : null;
    // Amazon looks into its own buckets alone, and Ollama nowhere.
    case "bedrock":
    case "ollama":
      return "takes no image by its address";
  }
}

const onlyHttps = "takes an image by its address only where that begins with https:";
