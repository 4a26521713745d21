import { changes, textButton } from "./element.ts";
import type { PageState } from "./messages.ts";
import { bar } from "./notices.ts";

/** What a page of the editor area knows of the server that it asks. */
export interface ServerNews {
  setup: PageState["setup"];
  connection: PageState["connection"];
  /** Why the last question to it was not answered, or null. */
  problem: string | null;
  /** Whether something from before stands below. */
  hasContent: boolean;
}

/** The bar that says that the server is away, or what it could not answer, with the way to bring it back. */
export function serverNotice(
  root: HTMLElement,
  command: (name: "restartServer" | "showLog") => void,
): { show(news: ServerNews): void } {
  root.setAttribute("role", "status");
  const isNew = changes();
  return {
    show({ connection, problem, hasContent, setup }) {
      if (!isNew([connection, problem, hasContent, setup === "nothing"])) return;
      const stale = hasContent ? " What stands below is from before." : "";
      const ways = [
        textButton("Restart the server", "primary", () => command("restartServer")),
        textButton("Show log", "secondary", () => command("showLog")),
      ];
      if (setup === "nothing") root.replaceChildren();
      else if (connection === "restarting") {
        root.replaceChildren(bar("sync", `Wayfare's server ended and is being started again.${stale}`));
      } else if (connection === "stopped") {
        root.replaceChildren(bar("debug-disconnect", `Wayfare's server is not running.${stale}`, ...ways));
      } else if (problem !== null) {
        root.replaceChildren(bar("warning", `${problem}${stale}`, ...ways));
      } else root.replaceChildren();
    },
  };
}
