import * as vscode from "vscode";
import type { ChatView } from "./chat-view.ts";
import type { ComposerContext } from "./composer-context.ts";
import type { Conversations } from "./conversations.ts";

/**
 * The chat by keyboard and menu: open it, start anew, stop the answer, and ask about what is selected in the editor,
 * which puts the selection above the question and the cursor into it.
 */
export function registerChatCommands(deps: {
  chat: Pick<ChatView, "focus">;
  conversations: Conversations;
  context: ComposerContext;
}): vscode.Disposable {
  const { chat, conversations, context } = deps;
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.focusChat", () => chat.focus()),
    vscode.commands.registerCommand("wayfare.newChat", async () => {
      conversations.startNew();
      await chat.focus();
    }),
    vscode.commands.registerCommand("wayfare.askAboutSelection", async () => {
      // A chip that was taken off earlier is wanted again: it is what the person points at.
      context.restore();
      await chat.focus();
    }),
    vscode.commands.registerCommand("wayfare.stop", () => conversations.stopCurrent()),
  );
}
