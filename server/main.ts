import process from "node:process";

/**
 * The server's start: a window of the editor is served over IPC, and other tools by a server without an editor. Each has
 * its own composition root, and loads nothing of the other's.
 */
const withoutEditor = /^(--(endpoint|check|config|port|accept-losses|help|version)(=|$)|-h$)/;
const transport = /^--(node-ipc|stdio|pipe|socket)(=|$)/;
const isAnEditors = process.send !== undefined || process.argv.some((word) => transport.test(word));
if (!isAnEditors || process.argv.some((word) => withoutEditor.test(word))) await import("./serve-endpoint.ts");
else await import("./serve-editor.ts");
