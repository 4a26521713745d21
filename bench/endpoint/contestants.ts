import { join } from "node:path";
import { installPortkey, portkeyVersion, startPortkey } from "../../scripts/portkey.ts";
import { endWithRun, startChild } from "./children.ts";
import type { Target } from "./load-task.ts";
import { findLiteLlm, startLiteLlm } from "./start-litellm.ts";
import { startOurs } from "./start-ours.ts";

export const names = ["direct", "pass-through", "ours", "portkey", "litellm"] as const;
export type Name = (typeof names)[number];

export interface Contestant {
  name: Name;
  title: string;
  /** null for the vendor itself. */
  pid: number | null;
  target: Target;
}

/** Somebody else's program, which may not be had everywhere: the run goes on without. */
export const strangers: readonly Name[] = ["portkey", "litellm"];

/**
 * Starts one, each with a path of the vendor's to itself, so that the vendor can count what came through it. Rejects where
 * it cannot be started here.
 */
export async function startContestant(name: Name, vendor: string, folder: string): Promise<Contestant> {
  const baseUrl = `${vendor}/${name}/v1`;
  const own = join(folder, name);
  const target = (origin: string, path: string, headers: Record<string, string> = {}, model = "bench"): Target => ({
    name,
    origin,
    path,
    headers: { "content-type": "application/json", authorization: "Bearer bench", ...headers },
    model,
  });
  switch (name) {
    case "direct":
      return {
        name,
        title: "direct",
        pid: null,
        target: target(vendor, `/${name}/v1/chat/completions`),
      };
    case "pass-through": {
      const { child, said } = await startChild("pass-through.ts", [vendor]);
      return {
        name,
        title: "bare undici pass-through",
        pid: child.pid ?? null,
        target: target(String(said), `/${name}/v1/chat/completions`),
      };
    }
    case "ours": {
      const { pid, origin, token, model } = await startOurs(baseUrl, own);
      const headers = { authorization: `Bearer ${token}` };
      const title = "Wayfare, durable ledger";
      return { name, title, pid, target: target(origin, "/v1/chat/completions", headers, model) };
    }
    case "portkey": {
      await installPortkey();
      const { pid, origin, stop } = await startPortkey();
      endWithRun(stop);
      const headers = { "x-portkey-provider": "openai", "x-portkey-custom-host": baseUrl };
      const title = `Portkey ${portkeyVersion}`;
      return { name, title, pid, target: target(origin, "/v1/chat/completions", headers) };
    }
    case "litellm": {
      const version = await findLiteLlm();
      if (version === null)
        throw new Error("no litellm on PATH: pip install 'litellm[proxy]', or name the program in LITELLM");
      const { pid, origin, token } = await startLiteLlm(baseUrl, own);
      const headers = { authorization: `Bearer ${token}` };
      return { name, title: `LiteLLM ${version}`, pid, target: target(origin, "/v1/chat/completions", headers) };
    }
  }
}
