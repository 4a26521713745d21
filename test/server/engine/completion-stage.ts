import type { FimRequest, Route } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import type { Syntax } from "../../../server/core/syntax.ts";
import type { Audit } from "../../../server/engine/audit.ts";
import type { Calibration } from "../../../server/engine/calibration.ts";
import { type Complete, createComplete } from "../../../server/engine/complete.ts";
import type { Scene } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import type { CompletionItem } from "../../../server/engine/use-cases.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { CompletionReady, ServerState } from "../../../shared/protocol.ts";
import { createFakeClock, settle } from "./fake-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import { routeOf, type ScriptedProvider, type Step, scriptedProvider } from "./scripted-provider.ts";

type Scripts = Record<string, readonly (readonly Step[])[]>;

interface Setup {
  routes?: Route[];
  scene?: Partial<Scene>;
  completions?: Partial<Scene["completions"]>;
  configuration?: Record<string, unknown>;
  refuse?: { reserve?: Failure; settle?: Failure };
  syntax?: Pick<Syntax, "ready" | "load">;
  ledger?: ReturnType<typeof fakeLedger>;
  calibration?: Calibration;
  /** Until the settings are known. */
  settled?: () => Promise<void>;
}

export interface Vendor extends ScriptedProvider {
  holes: FimRequest[];
}

/** The engine of ghost text between vendors that follow scripts and an editor that sends what VS Code sends. */
export function completionStage(scripts: Scripts, setup: Setup = {}) {
  const clock = createFakeClock();
  const ledger = setup.ledger ?? fakeLedger(setup.refuse);
  const vendors = new Map<string, Vendor>();
  for (const [id, each] of Object.entries(scripts)) {
    const holes: FimRequest[] = [];
    const scripted = scriptedProvider(clock, each, id);
    vendors.set(id, {
      ...scripted,
      holes,
      fill(request, options) {
        holes.push(request);
        const { modelId, maxOutputTokens } = request;
        return scripted.stream({ modelId, messages: [], maxOutputTokens }, options);
      },
    });
  }
  const routes = setup.routes ?? Object.keys(scripts).map((id) => routeOf(id, { fim: "suffix" }));
  const { settings } = readSettings(setup.configuration ?? {});
  const scene: Scene = {
    settings,
    problems: [],
    routes,
    routesFor: () => routes,
    localRoutes: [],
    providerOf: (route) => vendors.get(route.providerId) ?? null,
    models: [],
    completions: { on: true, why: null, languages: { "*": true, markdown: false }, model: null, ...setup.completions },
    trusted: true,
    silent: null,
    ...setup.scene,
  };
  const faults: Failure[] = [];
  const ready: CompletionReady[] = [];
  const states: ServerState["completions"][] = [];
  const accepted: object[] = [];
  const audited: Parameters<Audit["ended"]>[0][] = [];
  let ids = 0;
  const ghost: Complete = createComplete({
    world: {
      settled: setup.settled ?? (async () => undefined),
      during: (use) => use(scene),
      silent: () => null,
      scene: () => scene,
    },
    store: { ledger },
    clock,
    health: createHealth({ store: () => null, now: clock.now, onFault: () => undefined }),
    ...(setup.calibration === undefined ? {} : { calibration: setup.calibration }),
    random: () => 0,
    createId: () => `id-${++ids}`,
    workspace: "w",
    syntax: setup.syntax ?? { ready: () => null, load: async () => null },
    onReady: (place) => ready.push(place),
    onState: () => states.push(ghost.state()),
    onFault: (failure) => faults.push(failure),
    onAccepted: (facts) => accepted.push(facts),
    audit: { ended: (request) => audited.push(request) },
  });
  const vendor = (id = "a"): Vendor => {
    const found = vendors.get(id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  return { clock, ledger, ghost, faults, ready, states, accepted, audited, scene, vendor, open: openEditor(ghost) };
}

interface AskOptions {
  isInvoked?: boolean;
  /** The item that is selected in the suggest widget, and where what it replaces begins and ends. */
  selected?: { text: string; from: number; to?: number };
}

export interface Asked {
  /** The item as it came, null for none, "waiting" until it comes. */
  item(): CompletionItem | null | "waiting";
  /** The document with the text offered: `├` and `┤` stand around it, what it replaces is gone. "" for none. */
  picture(): string;
  /** As VS Code does: on the next letter, and 0.7 s after this one. */
  cancel(): void;
}

function openEditor(ghost: Complete) {
  return (marked: string, { uri = "file:///w/a.ts", languageId = "typescript" } = {}) => {
    let text = "";
    let offset = 0;
    let version = 0;
    const put = (next: string): void => {
      offset = next.indexOf("█");
      text = next.replace("█", "");
      version += 1;
    };
    put(marked);
    const path = decodeURIComponent(new URL(uri).pathname);
    const editor = {
      /** The document with its cursor. */
      shows: () => `${text.slice(0, offset)}█${text.slice(offset)}`,
      ask(options: AskOptions = {}): Asked {
        const { selected } = options;
        const cancel = new AbortController();
        const before = text;
        let item: CompletionItem | null | "waiting" = "waiting";
        void ghost
          .complete(
            {
              uri,
              path,
              languageId,
              version,
              text,
              offset,
              isInvoked: options.isInvoked ?? false,
              selected:
                selected === undefined
                  ? null
                  : { text: selected.text, startOffset: selected.from, endOffset: selected.to ?? offset },
            },
            cancel.signal,
          )
          .then((answer) => {
            item = answer;
          });
        return {
          item: () => item,
          picture() {
            if (item === null || item === "waiting") return "";
            return `${before.slice(0, item.startOffset)}├${item.text}┤${before.slice(item.endOffset)}`;
          },
          cancel: () => cancel.abort(),
        };
      },
      /** The document becomes another one, and the server hears of both text and cursor. */
      becomes(next: string): void {
        put(next);
        ghost.documentChanged({ uri, version, text });
        ghost.cursor({ uri, version, text, offset });
      },
      /** A change whose new cursor is not told. */
      changes(next: string): void {
        put(next);
        ghost.documentChanged({ uri, version, text });
      },
      /** A letter or more at the cursor, and the request that VS Code makes then. */
      type(letters: string, options: AskOptions = {}): Asked {
        editor.becomes(`${text.slice(0, offset)}${letters}█${text.slice(offset)}`);
        return editor.ask(options);
      },
      backspace(): Asked {
        editor.becomes(`${text.slice(0, offset - 1)}█${text.slice(offset)}`);
        return editor.ask();
      },
      /** The cursor alone. */
      goes(next: string): void {
        offset = next.indexOf("█");
        ghost.cursor({ uri, version, text, offset });
      },
      leaves: () => ghost.cursor({ uri, version, text, offset: null }),
      dismisses: () => ghost.dismiss(uri),
      closes: () => ghost.documentClosed(uri),
      version: () => version,
      settle,
    };
    return editor;
  };
}
