import { describe, expect, it } from "vitest";
import { maySend } from "../../shared/may-send.ts";

const ask = (path: string) => maySend({ path, trusted: true, ignored: false });

describe("maySend", () => {
  it.each([
    ".env",
    "app/.env.local",
    "app/.env.production",
    ".envrc",
    "deploy/production.env",
    "certs/server.pem",
    "server.key",
    "android/release.keystore",
    "store.jks",
    "cert.p12",
    "cert.pfx",
    "id_rsa",
    "home/id_ed25519",
    "id_rsa.old",
    ".npmrc",
    ".yarnrc",
    ".netrc",
    "_netrc",
    ".pypirc",
    ".git-credentials",
    "credentials",
    "credentials.json",
    "secrets.yaml",
    "secret.json",
    "config/secrets.dev.toml",
    "secrets",
    "prod.tfvars",
    "terraform.tfstate",
    "client_secret_1234.json",
    "service-account.json",
    "SECRETS.YML",
    "app\\.ENV",
    ".yarnrc.yml",
    "production.env.local",
    "app.env.production",
    ".flaskenv",
    ".dev.vars",
    ".dev.vars.production",
    ".secrets",
    ".secrets.toml",
    "github_rsa",
    "deploy-ed25519",
    "kubeconfig",
    "prod-kubeconfig.yaml",
    "cluster.kubeconfig",
    "pip.conf",
    "pip.ini",
    "NuGet.Config",
    ".terraformrc",
    "terraform.rc",
    "prod.auto.tfvars",
    "terraform.tfstate.1700000000.backup",
    "serviceAccountKey.json",
    "service_account_keys.json",
    "application_default_credentials.json",
    "secrets.yaml#cell-1",
    ".npmrc.bak",
    "cert.pem.bak",
    "id_ed25519.orig",
    ".env~",
    "server.key.old.bak2",
    "credentials.json.old#cell-12",
  ])("refuses %s by its name", (path) => {
    expect(ask(path)).toEqual({ ok: false, why: "it may hold secrets" });
  });

  it.each([
    [".git/config", ".git may hold secrets"],
    ["sub/.git/hooks/pre-commit", ".git may hold secrets"],
    ["/home/ada/.ssh/config", ".ssh may hold secrets"],
    ["/home/ada/.aws/config", ".aws may hold secrets"],
    ["c:\\Users\\ada\\.kube\\config", ".kube may hold secrets"],
    ["/home/ada/.docker/config.json", "its folder may hold secrets"],
    ["/home/ada/.kube/config", ".kube may hold secrets"],
    ["/home/ada/.m2/settings.xml", "its folder may hold secrets"],
    ["/home/ada/.config/gcloud/access_tokens.db", "its folder may hold secrets"],
  ])("refuses %s by its folder", (path, why) => {
    expect(ask(path)).toEqual({ ok: false, why });
  });

  it.each([
    "src/index.ts",
    "src/environment.ts",
    "src/secrets.ts",
    "src/credentials.ts",
    "src/secrets-manager.ts",
    "src/key.ts",
    "src/app.env.ts",
    "src/vite.env.d.ts",
    "src/kubeconfig.go",
    "src/crypto/rsa.ts",
    "src/crypto_rsa.c",
    "maven/settings.xml",
    "src/a.ts.bak",
    "notes.md~",
    "lab.ipynb#cell-3",
    "production.env.example",
    ".env.local.example",
    "id_rsa.pub.old",
    ".bak",
    "src/credentials-form.tsx",
    "docs/keys.md",
    "keyboard.json",
    ".env.example",
    "app/.env.template",
    ".gitignore",
    ".github/workflows/ci.yml",
    "id_rsa.pub",
    "monkey",
    "Untitled-1",
  ])("lets %s go", (path) => {
    expect(ask(path)).toEqual({ ok: true });
  });

  it("refuses what an ignore file names, and everything in a workspace that is not trusted", () => {
    expect(maySend({ path: "dist/a.js", trusted: true, ignored: true })).toEqual({
      ok: false,
      why: "an ignore file of the workspace names it",
    });
    expect(maySend({ path: "src/a.ts", trusted: true, ignored: "unknown" })).toEqual({
      ok: false,
      why: "its ignore file cannot be read",
    });
    expect(maySend({ path: "src/a.ts", trusted: false, ignored: false })).toEqual({
      ok: false,
      why: "the workspace is not trusted",
    });
  });
});

describe("an editor's own settings", () => {
  it.each([
    "/home/ada/.config/Code/User/settings.json",
    "/Users/ada/Library/Application Support/Code - Insiders/User/settings.json",
    "C:\\Users\\ada\\AppData\\Roaming\\VSCodium\\User\\settings.json",
    "/home/ada/.config/Code/User/profiles/-5a1c/settings.json",
    "/home/ada/.vscode-server/data/Machine/settings.json",
    "/home/ada/.local/share/code-server/User/settings.json",
    "/opt/editor/user-data/User/settings.json",
  ])("are not sent, for a proxy's password may stand there: %s", (path) => {
    expect(ask(path)).toEqual({ ok: false, why: "these are VS Code's own settings" });
  });

  it.each([
    ".vscode/settings.json",
    "src/user/settings.json",
    "/srv/app/.vscode/settings.json",
    "/home/ada/.config/Code/User/snippets/typescript.json",
  ])("leave others alone: %s", (path) => {
    expect(ask(path)).toEqual({ ok: true });
  });
});
