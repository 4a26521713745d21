import type { Finding } from "../../shared/doctor.ts";
import type { EndpointState } from "../../shared/endpoint.ts";
import { foreignWords } from "../../shared/endpoint-words.ts";
import { command, setting } from "./mend-failure.ts";

/** What was seen of the local endpoint while it is switched on. */
export interface EndpointSeen {
  port: number;
  /** As this window has it. */
  state: EndpointState;
  /** Who answers at the port now: by our token, a Wayfare by another, or nobody of ours. */
  holder: "ours" | "wayfare" | "other";
}

/** Who answers other tools at the port, and whether they let in who shows this token. */
export function endpointFinding({ port, state, holder }: EndpointSeen): Finding {
  const broken = (seen: string, advice: string, ...ways: Finding["ways"]): Finding => ({
    state: "broken",
    seen,
    advice,
    ways,
  });
  const anotherPort = setting("wayfare.endpoint.port");
  if (holder === "ours") {
    const who = state.state === "running" ? "This window" : "Another window";
    return { state: "ok", seen: `${who} answers at port ${port}, and the token matches.`, advice: null, ways: [] };
  }
  if (holder === "wayfare") {
    return broken(
      foreignWords(port),
      "A tool that shows this window's token is not let in there: reload that window, end that program, or choose another port.",
      anotherPort,
    );
  }
  if (state.state === "failed") return broken(state.message, "It is tried again by itself.", anotherPort);
  return broken(`Nothing of Wayfare's answers at port ${port}.`, "Restart the server.", command("restartServer"));
}
