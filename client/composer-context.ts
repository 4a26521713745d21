import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { ContextChip, ContextItem } from "../shared/answer.ts";
import { type ChipPlaces, createChipPlaces } from "./chip-places.ts";
import { factsOf, isSendable, linesOf } from "./editor-documents.ts";
import { followFileBehind } from "./file-behind-page.ts";
import { type Gathered, gatherFile, gatherSelection } from "./gather-context.ts";
import { type Judgement, judgeDocument } from "./judge-document.ts";
import { createSignal, type Signal } from "./signal.ts";
import type { ComposerChip } from "./webview/messages.ts";
import type { WorkspaceIgnore } from "./workspace-ignore.ts";

/**
 * The chips above the question: the file in the editor and what is selected in it. Each can be taken off, stays off for
 * that file, and can be brought back; one that may not be sent stays there and says why.
 */
export interface ComposerContext {
  /** Begins to follow the editor; before the chat is opened nothing is looked at. */
  begin(): void;
  chips(): ComposerChip[];
  /** Some chips of the present editor were taken off. */
  hasRemoved(): boolean;
  remove(chipId: string): void;
  restore(): void;
  /** The pieces with these ids as they are now; what may not be sent is left out. */
  gather(chipIds: readonly string[]): Promise<ContextItem[]>;
  /** A piece that was sent before, read again; null when its file is gone or may not be sent. */
  gatherAgain(chip: ContextChip): Promise<ContextItem | null>;
  /** The file behind a chip, or null. */
  find(chip: Pick<ContextChip, "path" | "outside">): Promise<vscode.Uri | null>;
  readonly onChange: Signal<void>["on"];
  /** What would go with a question now, as it was looked at last; the same array for as long as nothing of it changes. */
  items(): readonly ContextItem[];
  /** `items` gives others; the chips may look as before. */
  readonly onItems: Signal<void>["on"];
  dispose(): void;
}

/** Moving the cursor and typing do not make work: chips follow when both pause. */
const PAUSE_MS = 120;

/** With a selection, the whole file goes along only when it is small; it is paid for by the token. */
const MAX_FILE_BESIDE_SELECTION_CHARACTERS = 20_000;

/** Files whose chip was taken off; the oldest is forgotten first. */
const MAX_REMOVED = 200;

type Piece = { id: string; uri: vscode.Uri; gathered: Gathered };

/** `ignoreRules` gives the same ones each time; they are the caller's to end. */
export function createComposerContext(
  ignoreRules: () => Pick<WorkspaceIgnore, "ignores" | "onChange">,
): ComposerContext {
  const changed = createSignal<void>();
  const itemsChanged = createSignal<void>();
  let items: readonly ContextItem[] = [];
  const removed = new Set<string>();
  const places = createChipPlaces(randomUUID);
  let pieces: Piece[] = [];
  let shown = "";
  let round = 0;
  let timer: NodeJS.Timeout | null = null;
  let listeners: { dispose(): unknown }[] = [];
  const behind = followFileBehind();
  const judge = (uri: vscode.Uri): Promise<Judgement> => judgeDocument(uri, ignoreRules().ignores);

  const refresh = async (): Promise<Piece[]> => {
    round += 1;
    const ours = round;
    const next = await gatherPieces(judge, places, behind.document());
    if (ours !== round) return next;
    pieces = next;
    for (const { uri, gathered } of next) places.keep(chipOf(gathered), uri);
    const text = JSON.stringify([visible(), hiddenCount()]);
    if (text !== shown) {
      shown = text;
      changed.fire();
    }
    const sendable = next.flatMap(({ id, gathered }) => (gathered.ok && !removed.has(id) ? [gathered.item] : []));
    if (!isSame(items, sendable)) {
      items = sendable;
      itemsChanged.fire();
    }
    return next;
  };
  const refreshSoon = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      void refresh();
    }, PAUSE_MS);
  };

  const visible = (): ComposerChip[] =>
    pieces
      .filter(({ id }) => !removed.has(id))
      .map(({ id, gathered }) => ({ id, chip: chipOf(gathered), refused: gathered.ok ? null : gathered.why }));
  const hiddenCount = (): number => pieces.filter(({ id }) => removed.has(id)).length;

  const isShown = (uri: vscode.Uri): boolean => pieces.some((piece) => piece.uri.toString() === uri.toString());
  const follow = (): { dispose(): unknown }[] => [
    vscode.window.onDidChangeActiveTextEditor(refreshSoon),
    vscode.window.tabGroups.onDidChangeTabs(refreshSoon),
    vscode.window.onDidChangeActiveNotebookEditor(refreshSoon),
    vscode.window.onDidChangeTextEditorSelection(refreshSoon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (isShown(document.uri)) refreshSoon();
    }),
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some(isShown)) refreshSoon();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(refreshSoon),
  ];

  return {
    begin() {
      if (listeners.length > 0) return;
      listeners = [...follow(), ignoreRules().onChange(refreshSoon)];
      void refresh();
    },
    chips: visible,
    hasRemoved: () => hiddenCount() > 0,
    remove(chipId) {
      removed.add(chipId);
      const [oldest] = removed;
      if (removed.size > MAX_REMOVED && oldest !== undefined) removed.delete(oldest);
      void refresh();
    },
    restore() {
      removed.clear();
      void refresh();
    },
    async gather(chipIds) {
      const now = await refresh();
      return now.flatMap(({ id, gathered }) => (gathered.ok && chipIds.includes(id) ? [gathered.item] : []));
    },
    async gatherAgain(chip) {
      const uri = await places.find(chip);
      if (uri === null) return null;
      const document = await openQuietly(uri);
      if (document === null) return null;
      const facts = factsOf(document, { ...(await judge(document.uri)), outside: places.outside(document.uri) });
      const lastLine = Math.min(chip.lastLine, facts.lineCount);
      if (chip.firstLine > lastLine) return null;
      const gathered =
        chip.kind === "file" ? gatherFile(facts) : gatherSelection(facts, { firstLine: chip.firstLine, lastLine });
      return gathered.ok ? gathered.item : null;
    },
    find: places.find,
    onChange: changed.on,
    items: () => items,
    onItems: itemsChanged.on,
    dispose() {
      if (timer !== null) clearTimeout(timer);
      behind.dispose();
      for (const listener of listeners) listener.dispose();
    },
  };
}

async function gatherPieces(
  judge: (uri: vscode.Uri) => Promise<Judgement>,
  places: Pick<ChipPlaces, "outside">,
  behindPage: vscode.TextDocument | undefined,
): Promise<Piece[]> {
  const editor = vscode.window.activeTextEditor;
  const document = editor?.document ?? cellInFront() ?? behindPage;
  if (document === undefined || !isSendable(document)) return [];
  const { uri } = document;
  const facts = factsOf(document, { ...(await judge(uri)), outside: places.outside(uri) });
  const selected = editor === undefined || editor.selection.isEmpty ? null : linesOf(editor.selection);
  const pieces: Piece[] = [];
  if (selected === null || facts.sizeCharacters <= MAX_FILE_BESIDE_SELECTION_CHARACTERS) {
    pieces.push({ id: `file:${uri.toString()}`, uri, gathered: gatherFile(facts) });
  }
  if (selected !== null) {
    pieces.push({ id: `selection:${uri.toString()}`, uri, gathered: gatherSelection(facts, selected) });
  }
  return pieces;
}

/** The selected cell of a notebook that is open without the cursor being in one. */
function cellInFront(): vscode.TextDocument | undefined {
  const editor = vscode.window.activeNotebookEditor;
  if (editor === undefined || editor.notebook.cellCount === 0) return undefined;
  return editor.notebook.cellAt(editor.selection.start).document;
}

async function openQuietly(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    // Deleted, or no text any more: the question goes without it.
    return null;
  }
}

function isSame(before: readonly ContextItem[], after: readonly ContextItem[]): boolean {
  const chipText = ({ text: _text, ...chip }: ContextItem) => JSON.stringify(chip);
  return (
    before.length === after.length &&
    before.every((item, at) => {
      const other = after[at];
      return other !== undefined && item.text === other.text && chipText(item) === chipText(other);
    })
  );
}

function chipOf(gathered: Gathered): ContextChip {
  if (!gathered.ok) return gathered.chip;
  const { text: _text, ...chip } = gathered.item;
  return chip;
}
