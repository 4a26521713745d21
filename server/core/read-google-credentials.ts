import * as z from "zod";

/** Credentials that Google's tools keep in a file, and where they are changed for a token. */
export type GoogleCredentials =
  | { kind: "service-account"; email: string; keyId: string | null; privateKeyPem: string; tokenUrl: string }
  | {
      kind: "person";
      clientId: string;
      clientSecret: string;
      refreshToken: string;
      tokenUrl: string;
      /** The project that pays where the request names none. */
      quotaProject: string | null;
    };

/** Where Google changes credentials for tokens (https://google.aip.dev/auth/4112, /4113). */
const googlesTokenUrl = "https://oauth2.googleapis.com/token";

const fileSchema = z.union([
  z.looseObject({
    type: z.literal("service_account"),
    client_email: z.string().min(1),
    private_key: z.string().min(1),
    private_key_id: z.string().nullish().catch(null),
    token_uri: z.string().nullish().catch(null),
  }),
  z.looseObject({
    type: z.literal("authorized_user"),
    client_id: z.string().min(1),
    client_secret: z.string().min(1),
    refresh_token: z.string().min(1),
    token_uri: z.string().nullish().catch(null),
    quota_project_id: z.string().nullish().catch(null),
  }),
]);

/** What a file of credentials holds, or in one sentence why it cannot be used. Never throws. */
export function readGoogleCredentials(text: string): GoogleCredentials | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: "holds no JSON" };
  }
  const file = fileSchema.safeParse(json).data;
  if (file === undefined) {
    const type = z.looseObject({ type: z.string() }).safeParse(json).data?.type;
    return {
      problem:
        type === undefined || type === "service_account" || type === "authorized_user"
          ? "holds no whole credentials"
          : `holds credentials of the type "${type}", which are not read here`,
    };
  }
  const tokenUrl = file.token_uri ?? googlesTokenUrl;
  if (file.type === "authorized_user") {
    return {
      kind: "person",
      clientId: file.client_id,
      clientSecret: file.client_secret,
      refreshToken: file.refresh_token,
      tokenUrl,
      quotaProject: file.quota_project_id ?? null,
    };
  }
  return {
    kind: "service-account",
    email: file.client_email,
    keyId: file.private_key_id ?? null,
    privateKeyPem: file.private_key,
    tokenUrl,
  };
}
