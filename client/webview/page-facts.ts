import type { PageState } from "./messages.ts";

/** What the whole page knows and parts of an answer show, such as which models there are. */
export type Facts = Pick<PageState, "mode" | "always" | "usual" | "models" | "evidence" | "vendors">;

export interface PageFacts {
  now(): Facts;
  set(facts: Facts): void;
  /** Calls `draw` at once, and after each change for as long as `root` is on the page. */
  follow(root: Element, draw: (facts: Facts) => void): void;
}

/**
 * Tells those parts of the page that show a fact when it changes. As many as are on the page; what has gone from it is
 * forgotten, and what is drawn is put into the page before the task that drew it ends.
 */
export function pageFacts(): PageFacts {
  let facts: Facts = { mode: "auto", always: null, usual: "auto", models: [], evidence: null };
  let followers: { root: Element; draw(facts: Facts): void; isNew: boolean }[] = [];
  const forgetGone = () => {
    followers = followers.filter((each) => each.isNew || each.root.isConnected);
  };
  return {
    now: () => facts,
    set(next) {
      const { mode, always, usual, models, evidence, vendors = {} } = next;
      const picked = { mode, always, usual, models, evidence, vendors };
      if (JSON.stringify(picked) === JSON.stringify(facts)) return;
      facts = picked;
      forgetGone();
      for (const each of followers) each.draw(facts);
    },
    follow(root, draw) {
      forgetGone();
      const follower = { root, draw, isNew: true };
      followers.push(follower);
      queueMicrotask(() => {
        follower.isNew = false;
      });
      draw(facts);
    },
  };
}
