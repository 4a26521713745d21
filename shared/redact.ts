/**
 * Makes a function that takes secrets out of a text before it is logged, copied or shown. It knows two kinds: the exact
 * secrets in use, which `secrets` lists anew at each call (as they are, URL-encoded, and in Base64 when they hold a
 * colon, as a proxy's "user:password" travels), and whatever has the shape of a key, a bearer token or a password in an
 * address. The function never throws and takes time linear in the text.
 */
export function createRedactor(secrets: () => Iterable<string>): (text: string) => string {
  return (text) => {
    let redacted = text;
    for (const form of formsOf(secrets())) redacted = redacted.replaceAll(form, mark);
    for (const [shape, replacement] of shapes) redacted = redacted.replace(shape, replacement);
    return redacted;
  };
}

/**
 * The values of the headers that rows of `wayfare.providers` carry, for a redactor: any of them may be a secret, and is
 * one without the word before it too ("Bearer …"). Rows and values of another shape have none.
 */
export function headerSecrets(providers: unknown): string[] {
  if (!Array.isArray(providers)) return [];
  return providers.flatMap((row: unknown) => {
    if (typeof row !== "object" || row === null || !("headers" in row)) return [];
    const { headers } = row;
    if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return [];
    return Object.values(headers).flatMap((value: unknown) => {
      if (typeof value !== "string") return [];
      const token = /^\S+\s+(\S+)$/.exec(value.trim())?.[1];
      return token === undefined ? [value] : [value, token];
    });
  });
}

/**
 * What of a provider's key must not be repeated. A key that only says where credentials lie (`environment`, `default`,
 * `profile:…`, `file:…`) is none of it; of Amazon's `ID:SECRET:TOKEN` each part is.
 */
export function keySecrets(key: string | null): readonly string[] {
  if (key === null || /^(environment|default|(profile|file):.*)$/.test(key)) return [];
  return /^A[KS]IA[A-Z0-9]+:/.test(key) ? [key, ...key.split(":")] : [key];
}

const mark = "[redacted]";

/** Anything shorter would take common words out of every line ("test", "none"); such a secret guards nothing. */
const minSecretLength = 6;

function formsOf(secrets: Iterable<string>): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < minSecretLength) continue;
    forms.add(secret);
    const bytes = new TextEncoder().encode(secret);
    // Decoded again it has no half of a surrogate pair left, on which encodeURIComponent would throw.
    forms.add(encodeURIComponent(new TextDecoder().decode(bytes)));
    // The way a log shows it when the line is JSON.
    forms.add(JSON.stringify(secret).slice(1, -1));
    if (secret.includes(":")) {
      let binary = "";
      for (const byte of bytes) binary += String.fromCharCode(byte);
      forms.add(btoa(binary));
    }
  }
  // Longest first, so that a secret that begins with another is taken out whole.
  return [...forms].sort((a, b) => b.length - a.length);
}

/**
 * What is no secret behind the name of one: a mark for something that is out already, a second time or by another hand,
 * unless more hangs on to it.
 */
const notMarked = String.raw`(?!\s*\[?\s*["']?(?:(?:bearer|basic|digest|negotiate)\s+)?\[(?:redacted|left out)\](?![A-Za-z0-9]))`;

/**
 * Nor is a sentence of Wayfare's about a setting of such a name: `wayfare.providers[0].apiKey: Keys are not read…`. It
 * begins with one of the words that sentences begin with, which are nobody's secret.
 */
const notOurSentence = String.raw`(?!(?<=\bwayfare\.[\w.[\]-]{0,100})[\w-]{1,40}: (?:a|an|each|headers?|it|its|keys?|no|nothing|only|remove|the|these|this|write) [a-z]{2})`;

/** The value behind the name of a header or a field, in any of the ways a log writes it: `: x`, `": "x"`, `=x`. */
function named(names: string, between: string, value: string): RegExp {
  const opening = String.raw`(\s*(?:\[(?!(?:redacted|left out)\]))?\s*["']?)`;
  const marked = String.raw`(?:\[(?:redacted|left out)\])?`;
  return new RegExp(
    String.raw`${notOurSentence}\b(${names})(["']?\s*[:=])${notMarked}${opening}${between}${marked}${value}`,
    "gi",
  );
}

/**
 * Shapes of secrets. Each pattern is a fixed beginning and one bounded or possessive class behind it, so none can
 * backtrack over a long line.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // OpenAI, Anthropic, OpenRouter, TokenMix, DeepSeek: sk-…, sk-ant-…, sk-or-v1-…, sk-proj-…, sk-tm-…
  [/\b(sk|rk|pk)-[A-Za-z0-9][A-Za-z0-9_-]{11,}/g, `$1-${mark}`],
  [/\bAIza[A-Za-z0-9_-]{20,}/g, mark],
  [/\b(gsk|xai|hf|r8|ghp|gho|github_pat|glpat|pplx|csk|fw|nvapi|tgp_v1)[_-][A-Za-z0-9_-]{16,}/g, `$1_${mark}`],
  [/\bAKIA[A-Z0-9]{16}\b/g, mark],
  // What other tools show to the local endpoint.
  [/\bwf-[A-Za-z0-9_-]{43}/g, `wf-${mark}`],
  // A JSON web token.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, mark],
  // Headers, in any of the ways a log writes them: `Authorization: Bearer x`, `"x-api-key": "x"`, `authorization=x`.
  [
    named(
      "proxy-authorization|authorization",
      String.raw`(bearer|basic|digest|negotiate)?(\s*)`,
      String.raw`[^\s"',;\]}]+`,
    ),
    `$1$2$3$4$5${mark}`,
  ],
  [/\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1$2${mark}`],
  [
    named(
      "x-api-key|api[-_]?key|x-goog-api-key|x-portkey-api-key|cf-aig-authorization|access[-_]?token|client[-_]?secret|password|passwd",
      "",
      String.raw`[^\s"',;&\]}]+`,
    ),
    `$1$2$3${mark}`,
  ],
  // The password of an address; the user stays, since it tells proxies apart. `user:password@` is how to write one.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/(?!user:password@)[^\s/:@"']{0,200}):[^\s/@"']{1,500}@/gi, `$1:${mark}@`],
  [
    /([?&](?:key|token|api_key|apikey|access_token|secret|sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token))=)[^\s&"'#]+/gi,
    `$1${mark}`,
  ],
];
