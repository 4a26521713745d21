/** Keys of an account at Amazon. Those that end have a session token. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
}

/** Where a profile's keys are got from Amazon's single sign-on, once a person has signed in. */
export interface AwsSso {
  /** What the file with the token is named by: the session, or the address where one signs in. */
  cachedAs: string;
  /** Of the portal, which may be another than that of the models. */
  region: string;
  accountId: string;
  roleName: string;
}

export type AwsProfile = { keys: AwsKeys } | { sso: AwsSso } | { problem: string };

/**
 * The keys of a profile in the two files that Amazon's tools share: `credentials`, with sections `[name]`, and `config`,
 * with `[profile name]`; the first wins (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html). A
 * profile of single sign-on has none, but says where they are got. One that gets its keys in yet another way (a role, a
 * program) cannot be used, and the sentence says what to do.
 */
export function readAwsProfile(files: { credentials: string | null; config: string | null }, name: string): AwsProfile {
  const config = readIni(files.config ?? "");
  const own = readIni(files.credentials ?? "").get(name);
  const shared = config.get(name === "default" ? name : `profile ${name}`);
  if (own === undefined && shared === undefined) {
    return { problem: `There is no AWS profile "${name}" on this machine. Run "aws configure --profile ${name}".` };
  }
  const field = (key: string): string | null => own?.get(key) ?? shared?.get(key) ?? null;
  const [accessKeyId, secretAccessKey] = [field("aws_access_key_id"), field("aws_secret_access_key")];
  if (accessKeyId !== null && secretAccessKey !== null) {
    return { keys: { accessKeyId, secretAccessKey, sessionToken: field("aws_session_token") } };
  }
  const session = field("sso_session");
  const shape = session === null ? undefined : config.get(`sso-session ${session}`);
  const cachedAs = session ?? field("sso_start_url");
  const region = shape?.get("sso_region") ?? field("sso_region");
  const [accountId, roleName] = [field("sso_account_id"), field("sso_role_name")];
  if (cachedAs !== null && region !== null && accountId !== null && roleName !== null) {
    return { sso: { cachedAs, region, accountId, roleName } };
  }
  const source = ["sso_session", "sso_start_url", "credential_process", "role_arn", "login_session"].find(
    (key) => field(key) !== null,
  );
  const why = source === undefined ? "holds no keys" : `gets its keys by ${source}, which is not read here`;
  return {
    problem: `The AWS profile "${name}" ${why}. Make an API key for Bedrock, or run "aws configure export-credentials --profile ${name} --format env" and start VS Code with what it prints.`,
  };
}

/** Sections and their fields; what stands before the first, and what is no field, is passed over. */
function readIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | null = null;
  for (const line of text.split(/\r?\n/)) {
    const title = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, " ");
    if (title !== undefined) {
      section = sections.get(title) ?? new Map();
      sections.set(title, section);
      continue;
    }
    // A line that is indented belongs to the field above it, and none of those is asked for.
    const field = /^([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (field?.[1] !== undefined && field[2] !== undefined && field[2] !== "")
      section?.set(field[1].toLowerCase(), field[2]);
  }
  return sections;
}
