import { type AddressInfo, connect } from "node:net";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { hasOpenssl, makeCertificates } from "../server/providers/certificates.ts";
import { type RawProxy, startProxy } from "../server/providers/raw-server.ts";
import { answerText, ask, askAndWait, chatFrame, openChat, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { enterKeys } from "./set-up-provider.ts";
import { changeSettings } from "./theme.ts";
import { plainAnswer, startVendors, vendorSettings } from "./vendors.ts";

/**
 * Vendors behind TLS and a proxy with a password. Their certificate is trusted by whoever was started with Node's switch
 * for it: the extension host is, and the server, whose environment is an allow-list, is not. What is answered went through
 * VS Code's own network.
 */
describe.skipIf(!hasOpenssl)("a network that only VS Code knows", () => {
  const host = "api.example.test";
  let vendors: Playground;
  let front: Server;
  let proxy: RawProxy;
  let editor: EditorUnderTest;

  beforeAll(async () => {
    vendors = await startVendors();
    front = await startFront(new URL(vendors.openAiBaseUrl));
    proxy = await startProxy((front.address() as AddressInfo).port, { user: "ann", password: "secret" });
    const address = `http://ann:secret@127.0.0.1:${proxy.port}`;
    const settings = vendorSettings({
      ...vendors,
      openAiBaseUrl: behind(vendors.openAiBaseUrl),
      anthropicBaseUrl: behind(vendors.anthropicBaseUrl),
    });
    editor = await openEditor({
      folder: "sample",
      file: "src/duration.ts",
      settings: { ...settings, "wayfare.mode": "cheap", "wayfare.network.via": "extensionHost", "http.proxy": address },
      environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    });
    await enterKeys(editor.page, ["quarry", "alps"]);
    await openChat(editor.page);
  });

  afterAll(async () => {
    await editor?.close();
    await proxy?.close();
    front?.close();
    await vendors?.close();
  });

  const behind = (url: string) => `https://${host}${new URL(url).pathname}`;
  const tunnels = () => proxy.connects.filter(({ target }) => target === `${host}:443`);

  it("lets the extension host ask, through its proxy", async () => {
    const turn = await askAndWait(editor.page, "What does it do?");
    expect(await answerText(turn)).toBe(plainAnswer);
    expect(tunnels().length).toBeGreaterThan(0);
  });

  it("shows an answer while it comes, and closes the connection when the person stops", async () => {
    vendors.setFault("pebble-1", { kind: "slow", tokensPerSecond: 30 });
    const turn = await ask(editor.page, "Explain this at length");
    await turn.locator(".markdown", { hasText: "The function walks" }).waitFor();
    await chatFrame(editor.page).getByRole("button", { name: "Stop (Escape)" }).click();
    await untilEnded(turn);
    vendors.setFault("pebble-1", null);
    await expect.poll(() => vendors.log().at(-1)?.end).toBe("closed");
    const shown = await answerText(turn);
    expect(plainAnswer.startsWith(shown) && shown.length < plainAnswer.length).toBe(true);
  });

  it("lets the server ask from the moment the setting says so", async () => {
    await changeSettings(editor, { "wayfare.network.via": "server" });
    const turn = await askAndWait(editor.page, "Once more?");
    expect(await turn.innerText()).toContain(
      `The certificate of ${host} is not trusted: it was signed by a CA that this machine does not know. Set wayfare.network.extraCaFile`,
    );
  });
});

/** TLS in front of a plain vendor: what comes is handed on as it is. */
async function startFront(vendor: URL): Promise<Server> {
  const { good } = makeCertificates();
  const server = createServer(good, (socket) => {
    const upstream = connect(Number(vendor.port), vendor.hostname);
    for (const end of [socket, upstream]) end.on("error", () => undefined);
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
