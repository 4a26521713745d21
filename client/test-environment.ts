import { plainEnvironment } from "./server-environment.ts";

/**
 * The environment of a person's test command: what programs and the tools of languages need to be found and to find their
 * folders. Nothing that may hold a key, a token or a proxy's password is on the list; a name that is not stays behind.
 */
export function testEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  // Most tools colour what they print unless this is set; colours are noise in an output channel.
  return { ...plainEnvironment(environment, toolNames), NO_COLOR: "1" };
}

const toolNames = [
  "SHELL",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_RUNTIME_DIR",
  // Node
  "NVM_DIR",
  "NVM_BIN",
  "VOLTA_HOME",
  "FNM_DIR",
  "FNM_MULTISHELL_PATH",
  "PNPM_HOME",
  "COREPACK_HOME",
  "BUN_INSTALL",
  "DENO_DIR",
  // Python
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "CONDA_DEFAULT_ENV",
  "PYENV_ROOT",
  // The JVM and Android
  "JAVA_HOME",
  "GRADLE_USER_HOME",
  "MAVEN_HOME",
  "M2_HOME",
  "ANDROID_HOME",
  // Go, Rust, .NET, Ruby, PHP, Erlang
  "GOPATH",
  "GOROOT",
  "GOCACHE",
  "GOMODCACHE",
  "CARGO_HOME",
  "CARGO_TARGET_DIR",
  "RUSTUP_HOME",
  "RUSTUP_TOOLCHAIN",
  "DOTNET_ROOT",
  "NUGET_PACKAGES",
  "GEM_HOME",
  "GEM_PATH",
  "RBENV_ROOT",
  "COMPOSER_HOME",
  "MIX_HOME",
  // Version managers of several
  "ASDF_DIR",
  "ASDF_DATA_DIR",
  "MISE_DATA_DIR",
  // Nix
  "NIX_PATH",
  "NIX_PROFILES",
  "NIX_SSL_CERT_FILE",
  // macOS and Windows
  "DEVELOPER_DIR",
  "SDKROOT",
  "PROGRAMFILES",
  "PROGRAMFILES(X86)",
  "PROGRAMW6432",
  "COMMONPROGRAMFILES",
  "PUBLIC",
];
