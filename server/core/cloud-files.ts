/**
 * What the tools of cloud vendors keep on this machine for themselves. Asked only where a person named it as their key, and
 * anew for each request, for those tools change it behind our back.
 */
export interface CloudFiles {
  /** An environment variable; null where it is not set or empty. */
  variable(name: string): string | null;
  /** The text of a file; null where there is none. `~/` begins the home folder. Rejects when it cannot be read. */
  read(path: string): Promise<string | null>;
}

/** For those who have none: a test, a simulated vendor. */
export const noCloudFiles: CloudFiles = { variable: () => null, read: async () => null };
