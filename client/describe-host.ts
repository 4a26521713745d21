/**
 * Where the extension host is, for messages about money, which is counted per host: "" on the machine of the window, else
 * "WSL: Ubuntu", "SSH", "a container" or what the editor calls it. `remoteName` is VS Code's.
 */
export function describeHost(
  remoteName: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (remoteName === undefined || remoteName === "") return "";
  if (remoteName === "wsl") return environment.WSL_DISTRO_NAME ? `WSL: ${environment.WSL_DISTRO_NAME}` : "WSL";
  if (remoteName === "ssh-remote") return "SSH";
  if (/container/.test(remoteName)) return "a container";
  if (remoteName === "codespaces") return "Codespaces";
  // A browser's editor is called by its address. It has no other host whose books one could take for these.
  if (/[.:]|^localhost$/.test(remoteName)) return "";
  return remoteName;
}
