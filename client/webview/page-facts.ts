import type { PageState } from "./messages.ts";

/** What the whole page knows and parts of an answer show, such as which models there are. */
export type Facts = Pick<PageState, "mode" | "always" | "usual" | "models">;

export interface PageFacts {
  now(): Facts;
  set(facts: Facts): void;
  /** Calls `draw` at once, and after each change for as long as `root` is on the page. */
  follow(root: Element, draw: (facts: Facts) => void): void;
}

/** Tells those parts of the page that show a fact when it changes. As many as are on the page; those gone are forgotten. */
export function pageFacts(): PageFacts {
  let facts: Facts = { mode: "auto", always: null, usual: "auto", models: [] };
  let followers: { root: Element; draw(facts: Facts): void; wasThere: boolean }[] = [];
  return {
    now: () => facts,
    set(next) {
      if (JSON.stringify(pick(next)) === JSON.stringify(facts)) return;
      facts = pick(next);
      // What is drawn but not yet put into the page is about to be.
      followers = followers.filter((each) => each.root.isConnected || !each.wasThere);
      for (const each of followers) {
        each.wasThere ||= each.root.isConnected;
        each.draw(facts);
      }
    },
    follow(root, draw) {
      followers.push({ root, draw, wasThere: false });
      draw(facts);
    },
  };
}

function pick({ mode, always, usual, models }: Facts): Facts {
  return { mode, always, usual, models };
}
