import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CloudFiles } from "../core/cloud-files.ts";

/** What cloud tools keep in the environment and the home folder of whoever runs this. */
export function createCloudFiles(environment: Readonly<Record<string, string | undefined>>): CloudFiles {
  return {
    variable: (name) => environment[name] || null,
    async read(path) {
      const whole = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
      try {
        return await readFile(whole, "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
        throw error;
      }
    },
  };
}
