import type { ContextChip, Turn } from "../../shared/answer.ts";
import type { CodeSource } from "./code-block.ts";
import { composer } from "./composer.ts";
import { mustFind } from "./element.ts";
import { emptyState } from "./empty-state.ts";
import { newEvidence } from "./evidence-words.ts";
import { raiseFor } from "./failure-block.ts";
import type { Host } from "./host.ts";
import { isSafeLink } from "./markdown.ts";
import type { PageState, PlainCommand, TakenCode, ToPage } from "./messages.ts";
import { notices } from "./notices.ts";
import { pageFacts } from "./page-facts.ts";
import { pageHead } from "./page-head.ts";
import { transcript } from "./transcript.ts";
import { spokenEnd } from "./turn.ts";

export interface PageWorld {
  host: Host;
  newId(): string;
  now(): number;
  /** IANA name of the zone the person sits in; "" when it is not known. */
  timeZone: string;
  requestFrame(draw: () => void): void;
  /** Calls once, so many milliseconds later, unless the returned function is called before. */
  later(delayMs: number, run: () => void): () => void;
}

/**
 * The host is told of a draft when typing pauses for so long, and then what it costs is found out; the page's own memory
 * has every letter.
 */
const DRAFT_PAUSE_MS = 150;

/** Puts the chat together inside the landmarks of the page. What comes from the host is given to the returned function. */
export function chatPage({ host, newId, now, timeZone, requestFrame, later }: PageWorld): (message: ToPage) => void {
  let state: PageState | null = null;
  let cancelDraft = () => {};
  /** Counts the changes of the draft: a price that comes late is that of another text. */
  let revision = 0;
  const remembered = host.recall();
  let { sessionId, dismissed } = remembered;
  /** A turn that was asked here and that the host has not begun yet: no state it sends knows of it. */
  let pending: Turn | null = null;

  const live = mustFind("live");
  const announce = (words: string) => {
    // The same words twice are only read twice when the region was empty between.
    live.textContent = "";
    requestFrame(() => {
      live.textContent = words;
    });
  };
  const command = (name: PlainCommand) => host.post({ type: "command", command: name });
  const keepMode = (mode: string | null) => host.post({ type: "always", mode });
  const remember = () => host.remember({ sessionId, draft: box.draft(), dismissed });
  const facts = pageFacts();

  const head = pageHead(mustFind("head"), {
    showCosts: () => command("showCosts"),
    newSession: () => {
      pending = null;
      host.post({ type: "newSession" });
    },
    list: () => host.post({ type: "listSessions" }),
    open: (id) => {
      pending = null;
      host.post({ type: "openSession", sessionId: id });
    },
    delete: (id) => host.post({ type: "deleteSession", sessionId: id }),
    now,
  });
  const bars = notices(mustFind("notices"), { command: host.post, facts });

  const ask = (question: string) => {
    if (answering() !== null) {
      announce("An answer is still coming. Escape stops it.");
      return;
    }
    const sent = (state?.chips ?? []).filter((chip) => chip.refused === null);
    const turnId = newId();
    // Shown at once; the host's own turn takes its place when it has begun.
    pending = {
      id: turnId,
      askedAtMs: now(),
      question,
      context: sent.map(({ chip }) => chip),
      answer: "",
      state: "answering",
      failure: null,
      decision: null,
    };
    talk.begin(pending);
    box.setActivity("answering");
    host.post({ type: "ask", turnId, question, mode: state?.mode ?? "auto", chips: sent.map((chip) => chip.id) });
  };

  const empty = emptyState({
    usePlayground: () => command("usePlayground"),
    addProvider: () => command("addProvider"),
    ask(question) {
      ask(question);
      // The example is gone with the empty page, and the focus would go with it.
      box.focus();
    },
  });
  const openChip = ({ path, outside, firstLine }: ContextChip) =>
    host.post({ type: "openChip", path, line: firstLine, ...(outside === undefined ? {} : { outside }) });
  const talk = transcript(mustFind("conversation"), empty.element, {
    copy: (text, from) => host.post({ type: "copy", text, ...takenFrom(from) }),
    insert: (text, from) => host.post({ type: "insert", text, ...takenFrom(from) }),
    copyAnswer: (text) => host.post({ type: "copy", text }),
    now,
    retry: (turnId, mode) => host.post({ type: "retry", turnId, mode }),
    goOn: (turnId, mode) => host.post({ type: "continue", turnId, mode }),
    openChip,
    tests: (turnId, act) => host.post({ type: "tests", turnId, act }),
    command: host.post,
    keepMode,
    facts,
    requestFrame,
  });
  const answering = (): Turn | null => talk.turns().find((turn) => turn.state === "answering") ?? null;
  const stop = () => {
    const turn = answering();
    if (turn !== null) host.post({ type: "stop", turnId: turn.id });
  };

  const box = composer(mustFind("composer"), {
    ask,
    stop,
    drafted(question) {
      remember();
      cancelDraft();
      revision += 1;
      const ours = revision;
      cancelDraft = later(DRAFT_PAUSE_MS, () => host.post({ type: "draft", question, revision: ours }));
    },
    pick: (mode) => host.post({ type: "mode", mode }),
    openChip,
    removeChip: (chipId) => host.post({ type: "removeChip", chipId }),
    restoreChips: () => host.post({ type: "restoreChips" }),
    earlierQuestions: () => talk.turns().map((turn) => turn.question),
    announce,
    command: host.post,
    raise(capId) {
      // The last question, if that cap refused it, is what more money is wanted for.
      const turn = talk.turns().at(-1);
      const cap = turn?.failure?.kind === "budget" ? turn.failure.cap : undefined;
      host.post(
        turn !== undefined && cap?.id === capId
          ? raiseFor(cap, { turnId: turn.id, mode: turn.decision?.mode ?? state?.mode ?? "auto" })
          : { type: "command", command: "raiseCap", capId },
      );
    },
    keepMode,
    dismissed(mark) {
      dismissed = mark;
      remember();
    },
  });

  const showState = (next: PageState, changed: Partial<PageState>) => {
    const seen = state === null ? "" : newEvidence(state.evidence, next.evidence);
    if (seen !== "") announce(seen);
    state = next;
    facts.set(next);
    if ("session" in changed) {
      sessionId = next.session?.id ?? null;
      const turns = next.session?.turns ?? [];
      if (turns.some((turn) => turn.id === pending?.id)) pending = null;
      talk.show(pending === null ? turns : [...turns, pending]);
      remember();
    }
    head.show(next.session, next.spend);
    bars.show(next);
    empty.show(
      next.setup,
      next.chips.some((chip) => chip.refused === null),
    );
    box.show(next, dismissed);
    box.setActivity(answering() === null ? "idle" : "answering");
  };

  document.body.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    if (answering() !== null) {
      event.preventDefault();
      stop();
    }
  });
  // Before anyone else sees the click: the editor's own frame would follow a link by itself.
  for (const kind of ["click", "auxclick"]) {
    document.body.addEventListener(
      kind,
      (event) => {
        const link = event.target instanceof Element ? event.target.closest("a") : null;
        if (link === null) return;
        event.preventDefault();
        event.stopPropagation();
        const url = link.getAttribute("href") ?? "";
        if (isSafeLink(url)) host.post({ type: "openLink", url });
      },
      true,
    );
  }

  if (remembered.draft !== "") box.setDraft(remembered.draft);
  host.post({ type: "ready", sessionId, timeZone });

  return (message) => {
    switch (message.type) {
      case "state": {
        const first = state === null;
        showState(message.state, message.state);
        if (first && box.draft() === "" && message.state.draft !== "") box.setDraft(message.state.draft);
        return;
      }
      case "patch":
        if (state !== null) showState({ ...state, ...message.state }, message.state);
        return;
      case "turnStarted":
        if (message.turn.id === pending?.id) pending = null;
        talk.begin(message.turn);
        box.setActivity("answering");
        return;
      case "parts": {
        const said = talk.parts(message.turnId, message.parts);
        if (said !== null) announce(said);
        return;
      }
      case "turnEnded":
        if (message.turn.id === pending?.id) pending = null;
        talk.settle(message.turn);
        box.setActivity(answering() === null ? "idle" : "answering");
        announce(spokenEnd(message.turn, talk.spoken(message.turn.id)));
        return;
      case "estimate":
        if (message.revision === revision) box.showEstimate(message.estimate);
        return;
      case "sessions":
        head.showSessions(message.sessions, sessionId);
        return;
      case "focus":
        box.focus();
        return;
      case "announce":
        announce(message.text);
        return;
    }
  };
}

/** Which turn's code is taken over and in which language; nothing where it stands in no turn. */
function takenFrom({ block, language }: CodeSource): { code?: TakenCode } {
  const turn = block.closest<HTMLElement>("[data-turn]");
  const turnId = turn?.dataset.turn ?? "";
  if (turn === null || turnId === "") return {};
  return { code: { turnId, block: [...turn.querySelectorAll(".code-block")].indexOf(block), language } };
}
