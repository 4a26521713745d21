/** What is known of a piece of the editor before it may leave the machine. */
export interface SendFacts {
  /** With forward slashes or backslashes; relative to the workspace, or whole. Letter case does not matter. */
  path: string;
  /** False in Restricted Mode. */
  trusted: boolean;
  /**
   * True when a .gitignore or .wayfareignore names it, "unknown" when one that may name it cannot be read. The client
   * reads those, the server cannot.
   */
  ignored: Ignored;
}

export type Ignored = boolean | "unknown";

export type SendAnswer = { ok: true } | { ok: false; why: string };

/**
 * Whether a file may be part of a prompt. Both processes ask: the client before it gathers, the server before it sends.
 * `why` is a clause that stands behind "not sent:".
 */
export function maySend({ path, trusted, ignored }: SendFacts): SendAnswer {
  if (!trusted) return { ok: false, why: "the workspace is not trusted" };
  const secret = whySecret(path);
  if (secret !== null) return { ok: false, why: secret };
  if (ignored === "unknown") return { ok: false, why: "its ignore file cannot be read" };
  if (ignored) return { ok: false, why: "an ignore file of the workspace names it" };
  return { ok: true };
}

function whySecret(path: string): string | null {
  const segments = path
    .toLowerCase()
    .split(/[/\\]+/)
    .filter((segment) => segment !== "");
  const name = withoutAdditions(segments.at(-1) ?? "");
  const folder = segments.slice(0, -1).find((segment) => secretFolders.has(segment));
  if (folder !== undefined) return `${folder} may hold secrets`;
  if (folderPairs.some((pair) => `/${segments.join("/")}`.includes(pair))) return "its folder may hold secrets";
  if (editorSettings.test(`/${segments.join("/")}`)) return "these are VS Code's own settings";
  if (harmless.test(name)) return null;
  return secretNames.some((pattern) => pattern.test(name)) ? "it may hold secrets" : null;
}

/** The name without what marks a cell of a notebook or a copy that was put aside: "cert.pem.bak" is a certificate. */
function withoutAdditions(name: string): string {
  const bare = name.replace(/#cell-\d+$/, "").replace(/(?:\.(?:bak|old|orig)\d*|~)+$/, "");
  return bare === "" ? name : bare;
}

const secretFolders: ReadonlySet<string> = new Set([".git", ".ssh", ".gnupg", ".aws", ".azure", ".kube"]);

const folderPairs = [
  "/.docker/config.json",
  "/.config/gcloud/",
  "/.config/gh/",
  "/.cargo/credentials",
  "/.m2/settings",
] as const;

/**
 * An editor's settings of the person or the machine, with a proxy's password among them: below the folder of the editor
 * or of its server, whatever the editor's name. A workspace's `.vscode/settings.json` is shared with others anyway.
 */
const editorSettings =
  /\/(code|code - [^/]+|code-[^/]+|vscod[^/]*|[^/]*codium[^/]*|cursor|windsurf|data|user|user-data|[^/]*vscode[^/]*)\/(user|machine)\/(profiles\/[^/]+\/)?settings\.json$/;

/** Templates that are made to be shared and say so in their names, and the public halves of key pairs. */
const harmless = /\.env(\.[a-z0-9_-]+)*\.(example|sample|template|dist)$|^[a-z0-9_-]+\.pub$/;

const secretNames: readonly RegExp[] = [
  // .env, .env.local, .envrc, production.env, and production.env.local; app.env.ts is code.
  /^\.(env|flaskenv$|dev\.vars(\.|$))/,
  /\.env(\.(?!([cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kt|cs|php|mdx?|html)$)[a-z0-9_-]+)*$/,
  // Private keys and stores of them.
  /\.(pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|gpg|asc|ovpn)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /[._-](rsa|dsa|ecdsa|ed25519)$/,
  // Where tools keep what they log in with.
  /^\.(npmrc|yarnrc(\.ya?ml)?|pypirc|netrc|pgpass|my\.cnf|htpasswd|git-credentials|dockercfg|boto|s3cfg|vault-token|terraformrc)$/,
  /^(_netrc|terraform\.rc|pip\.(conf|ini)|nuget\.config)$/,
  /^([a-z0-9_-]+[._-])?kubeconfig([_-][a-z0-9_-]+)?(\.(ya?ml|json|conf))?$/,
  /\.kubeconfig$/,
  /^credentials(\.(json|ya?ml|toml|ini|txt|csv|xml|conf|cfg|db|enc))?$/,
  /^application_default_credentials\.json$/,
  /^(client[_-]secrets?|service[_-]?account([_-]?keys?)?)([._-].*)?\.json$/,
  // secrets.yaml, secret.json, secrets.dev.toml: files of values; secrets.ts is code about them.
  /^\.?secrets?(\.[a-z0-9_-]+)*\.(json|ya?ml|toml|ini|env|txt|properties|xml|conf|cfg|tfvars|enc|csv)$/,
  /^\.?secrets?$/,
  /\.tfvars(\.json)?$/,
  /\.tfstate(\.[a-z0-9_-]+)*$/,
];
