import * as vscode from "vscode";

/**
 * Remembers the file that was in the editor before a page of ours came in front of it. Whoever reads what an answer cost
 * and asks on means that file still: it goes along while our page is in front, and for as long as it has a tab.
 */
export function followFileBehind(): {
  /** undefined where no page of ours is in front, or the file is gone. */
  document(): vscode.TextDocument | undefined;
  dispose(): void;
} {
  let last = vscode.window.activeTextEditor?.document;
  const listener = vscode.window.onDidChangeActiveTextEditor((editor) => {
    if (editor !== undefined) last = editor.document;
  });
  return {
    document: () => (last !== undefined && isPageInFront() && hasTab(last.uri) ? last : undefined),
    dispose: () => listener.dispose(),
  };
}

/** VS Code puts words of its own before the type that a page was made with. */
const OUR_PAGE = /\bwayfare\.(costs|routes)$/;

function isPageInFront(): boolean {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputWebview && OUR_PAGE.test(input.viewType);
}

function hasTab(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );
}
