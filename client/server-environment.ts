/**
 * The environment the server is forked with: what a Node process needs to run and to find its folders, and nothing that
 * holds a key, a proxy or the address of a vendor. A name that is not on the list stays behind, whatever it is.
 */
export function serverEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  // VS Code's own binary becomes Node by the first; the second lets it read plain files that end in .asar.
  return { ...keepVariables(environment, allowed), ELECTRON_RUN_AS_NODE: "1", ELECTRON_NO_ASAR: "1" };
}

/** The variables that any program needs, and those of `more`, whose names are in capitals. */
export function plainEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  more: readonly string[],
): Record<string, string> {
  return keepVariables(environment, new Set([...allowed, ...more]));
}

function keepVariables(
  environment: Readonly<Record<string, string | undefined>>,
  names: ReadonlySet<string>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    // Windows knows one variable under any letter case.
    if (value !== undefined && names.has(name.toUpperCase())) kept[name] = value;
  }
  return kept;
}

const allowed: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "LC_MESSAGES",
  "LC_TIME",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  // Where the libraries of the binary are, for packages of VS Code that bring their own (Nix, Snap).
  "LD_LIBRARY_PATH",
  // Certificates that a company gives to every Node process: a file's name, no secret.
  "NODE_EXTRA_CA_CERTS",
  // Windows
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "WINDIR",
  "COMSPEC",
  "PATHEXT",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "USERNAME",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "NUMBER_OF_PROCESSORS",
  "PROCESSOR_ARCHITECTURE",
]);
