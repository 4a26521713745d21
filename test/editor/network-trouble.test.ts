import { createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ask, chatFrame, openChat, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";

/**
 * Proxies that do not do what a proxy should, asked through VS Code's own network. One question is one try: a network that
 * connects anew by itself, without end and after the person stopped, was what one met here.
 */

let proxy: Server;
let port = 0;
let connects = 0;
let behave: (socket: Socket) => void = () => {};
const sockets = new Set<Socket>();
let editor: EditorUnderTest;

/** More than this for one question is a storm. */
const MOST = 3;

beforeAll(async () => {
  proxy = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", (bytes) => {
      if (bytes.toString("latin1").startsWith("CONNECT nothere.invalid:443 ")) connects += 1;
      // A storm would take the machine with it.
      if (connects <= 50) behave(socket);
    });
  });
  port = await new Promise((resolve) => {
    proxy.listen(0, "127.0.0.1", () => {
      const address = proxy.address();
      resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
  });
  editor = await openEditor({
    folder: "sample",
    file: "src/duration.ts",
    settings: {
      "wayfare.mode": "cheap",
      "wayfare.network.via": "extensionHost",
      "http.proxy": `http://127.0.0.1:${port}`,
      "wayfare.providers": [
        { id: "nothere", preset: "openai-compatible", baseUrl: "https://nothere.invalid/v1", models: [{ id: "m" }] },
      ],
      "wayfare.tiers": { cheap: ["nothere/m"] },
    },
  });
  await openChat(editor.page);
});

afterEach(() => {
  expect(connects).toBeLessThanOrEqual(MOST);
});

afterAll(async () => {
  await editor?.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => (proxy ? proxy.close(resolve) : resolve(null)));
});

async function askThrough(behaviour: (socket: Socket) => void): Promise<string> {
  connects = 0;
  behave = behaviour;
  const turn = await ask(editor.page, "What does it do?");
  await untilEnded(turn);
  const after = connects;
  // Nothing goes on afterwards: a storm has hundreds in this time.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(connects).toBe(after);
  return (await turn.innerText()).replace(/\s+/g, " ");
}

it.each<[string, (socket: Socket) => void]>([
  ["closes without an answer", (socket) => socket.end()],
  ["closes after a byte", (socket) => socket.end("H")],
  ["breaks the connection", (socket) => void socket.resetAndDestroy()],
])("tries once where a proxy %s", async (_name, behaviour) => {
  expect(await askThrough(behaviour)).toContain(`The proxy 127.0.0.1:${port} closed the connection without an answer.`);
});

it("tells a refusal from the provider's answer", async () => {
  const text = await askThrough((socket) => socket.end("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"));
  expect(text).toContain(`The proxy 127.0.0.1:${port} could not reach nothere.invalid (502).`);
});

it("stops at once where it hangs", async () => {
  connects = 0;
  behave = () => {};
  const turn = await ask(editor.page, "What does it do?");
  await expect.poll(() => connects).toBe(1);
  await chatFrame(editor.page).getByRole("button", { name: "Stop (Escape)" }).click();
  await untilEnded(turn);
  expect(await turn.innerText()).not.toContain("failed");
});
