import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createComposerContext } from "../../client/composer-context.ts";
import { createWorkspaceIgnore } from "../../client/workspace-ignore.ts";
import { documentOf, editor, reset, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

let disk: string;
beforeEach(async () => {
  reset();
  disk = await realpath(await mkdtemp(join(tmpdir(), "wayfare-links-")));
});
afterEach(() => rm(disk, { recursive: true }));

async function write(path: string, text = "text"): Promise<void> {
  await mkdir(dirname(join(disk, path)), { recursive: true });
  await writeFile(join(disk, path), text);
  editor.files.set(Uri.file(join(disk, path)).toString(), text);
}
async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(join(disk, path)), { recursive: true });
  await symlink(join(disk, target), join(disk, path));
}
/** Why the open file is not sent, or null. */
async function refusal(folder: string, path: string): Promise<string | null | undefined> {
  editor.folders = [{ uri: Uri.file(join(disk, folder)), name: "project" }];
  editor.document = documentOf(`file://${join(disk, path)}`, "text");
  const ignore = createWorkspaceIgnore();
  const context = createComposerContext(() => ignore);
  await context.gather([]);
  const [piece] = context.chips();
  context.dispose();
  return piece?.refused;
}

describe("a link", () => {
  it("is kept in when it leads to a secret file", async () => {
    await write("home/.ssh/config");
    await write("home/plain.env");
    await link("project/notes.md", "home/.ssh/config");
    await link("project/settings.txt", "home/plain.env");
    expect(await refusal("project", "project/notes.md")).toBe(".ssh may hold secrets");
    expect(await refusal("project", "project/settings.txt")).toBe("it may hold secrets");
  });

  it("is kept in when an ignore file names what it leads to", async () => {
    await write("project/.gitignore", "private/\n");
    await write("project/private/a.md");
    await link("project/docs/a.md", "project/private/a.md");
    await link("project/open", "project/private");
    expect(await refusal("project", "project/docs/a.md")).toBe("an ignore file of the workspace names it");
    expect(await refusal("project", "project/open/a.md")).toBe("an ignore file of the workspace names it");
  });

  it("goes like what it leads to when nothing keeps that in", async () => {
    await write("project/src/a.ts");
    await write("elsewhere/b.ts");
    await link("project/a.ts", "project/src/a.ts");
    await link("project/b.ts", "elsewhere/b.ts");
    expect(await refusal("project", "project/a.ts")).toBeNull();
    expect(await refusal("project", "project/b.ts")).toBeNull();
  });

  it("that leads in a circle is kept in", async () => {
    await link("project/a.md", "project/b.md");
    await link("project/b.md", "project/a.md");
    expect(await refusal("project", "project/a.md")).toBe("the link to it cannot be followed");
  });

  it("to the folder that was opened changes nothing about what lies in it", async () => {
    await write("repository/.gitignore", "/cache/\n");
    await write("repository/.git/HEAD");
    await write("repository/cache/sample/a.ts");
    await write("repository/cache/sample/.gitignore", "*.log\n");
    await link("opened", "repository/cache/sample");
    for (const [name, text] of [...editor.files]) {
      editor.files.set(name.replace(`${disk}/repository/cache/sample`, `${disk}/opened`), text);
    }
    expect(await refusal("opened", "opened/a.ts")).toBeNull();
    await write("repository/cache/sample/b.log");
    expect(await refusal("opened", "opened/b.log")).toBe("an ignore file of the workspace names it");
  });
});
