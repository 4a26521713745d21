import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorkspaceIgnore, type WorkspaceIgnore } from "../../client/workspace-ignore.ts";
import { editor, reset, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

let ignore: WorkspaceIgnore;
beforeEach(() => {
  reset();
  ignore = createWorkspaceIgnore();
});
afterEach(() => ignore.dispose());

function open(folder: string, files: Record<string, string>): void {
  editor.folders = [{ uri: Uri.file(folder), name: "folder" }];
  for (const [path, text] of Object.entries(files)) editor.files.set(Uri.file(path).toString(), text);
}
const ignores = (path: string) => ignore.ignores(Uri.file(path) as never);

describe("the ignore rules of a workspace", () => {
  it("count from the root of the repository down", async () => {
    open("/repo/packages/app", { "/repo/.git": "", "/repo/.gitignore": "*.log\n/packages/app/dist\n" });
    expect(await ignores("/repo/packages/app/a.log")).toBe(true);
    expect(await ignores("/repo/packages/app/dist/main.js")).toBe(true);
    expect(await ignores("/repo/packages/app/main.ts")).toBe(false);
  });

  it("do not count against a folder that the person opened by itself, though the repository around it ignores it", async () => {
    open("/repo/.cache/sample", {
      "/repo/.git": "",
      "/repo/.gitignore": ".cache/\n",
      "/repo/.cache/sample/.gitignore": "*.log\n",
    });
    expect(await ignores("/repo/.cache/sample/src/duration.ts")).toBe(false);
    expect(await ignores("/repo/.cache/sample/a.log")).toBe(true);
  });

  it.each(["NoPermissions", "Unavailable", "Unknown"])(
    "are not known while a file of them cannot be read (%s), and are read again afterwards",
    async (code) => {
      open("/w", { "/w/.gitignore": "*.log\n" });
      editor.unreadable.set("file:///w/.gitignore", code);
      expect(await ignores("/w/a.log")).toBe("unknown");
      editor.unreadable.clear();
      expect(await ignores("/w/a.log")).toBe(true);
      expect(await ignores("/w/a.ts")).toBe(false);
    },
  );

  it("tell an opened folder from a file of that name", async () => {
    open("/repo/dist", { "/repo/.git": "", "/repo/.gitignore": "dist/\n" });
    expect(await ignores("/repo/dist/main.js")).toBe(false);
  });
});
