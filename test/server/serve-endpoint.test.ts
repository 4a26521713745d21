import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, question, rows, run, runOn, scene, start, untilReady } from "./endpoint-process.ts";

/** The server without an editor, as a process of its own: what it prints, answers, books, and what it ends with. */

describe("the endpoint without an editor", { timeout: 60_000 }, () => {
  it("says where it answers and who is asked, answers, books it, and ends at a signal", async () => {
    const { vendors, folder, port } = await scene({ "wayfare.budget.daily": 5 });
    const running = start(folder);
    await untilReady(running);
    expect(running.out()).toContain(`Wayfare endpoint: http://127.0.0.1:${port}`);
    expect(running.out()).toContain("\n  cheap     acme/small\n");
    expect(running.out()).toContain("\n  caps      $5.00 a day\n");
    expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
    expect(running.out()).not.toContain(readFileSync(join(folder, "token"), "utf8").trim());
    const { status, text } = await ask({ folder, port }, question);
    expect([status, JSON.parse(text).choices[0].message.content]).toEqual([200, "It keeps the answer short."]);
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    const { costNano } = vendors.log()[0] ?? { costNano: -1 };
    const row = { kind: "endpoint", workspace: "endpoint:ci", outcome: "done", cost_nano: costNano };
    expect(rows(folder)).toEqual([{ ...row, cost_source: "computed" }]);
  });

  it("lets an answer under way end after the first signal, and ends it at the second", async () => {
    const { vendors, folder, port } = await scene();
    vendors.setFault("small", { kind: "late", firstTokenMs: 1_000, times: 1 });
    const running = start(folder);
    await untilReady(running);
    const answered = ask({ folder, port }, question);
    await expect.poll(() => vendors.openRequests(), { timeout: 20_000 }).toBe(1);
    running.child.kill("SIGINT");
    expect((await answered).status).toBe(200);
    expect(await running.ended).toBe(0);
    expect(running.err()).toBe(
      "Stopping: 1 answer under way may end, ten seconds at most; a second signal ends it at once.\n",
    );

    vendors.setFault("small", { kind: "stall", afterCharacters: 10 });
    const again = start(folder);
    await untilReady(again);
    let heard = "";
    const cut = ask({ folder, port }, { ...question, stream: true }, (text) => {
      heard = text;
    });
    await expect.poll(() => heard, { timeout: 20_000 }).toContain("It keeps");
    again.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(again.child.exitCode).toBeNull();
    again.child.kill("SIGINT");
    // Well before the ten seconds that the first signal leaves.
    const waits = new Promise((resolve) => setTimeout(() => resolve("it waits on"), 8_000).unref());
    expect(await Promise.race([again.ended, waits])).toBe(0);
    expect((await cut).text).not.toContain("[DONE]");
    expect(rows(folder).map(({ outcome, cost_source }) => [outcome, cost_source])).toEqual([
      ["done", "computed"],
      ["cancelled", "estimated"],
    ]);
  });

  it("says that its port is taken, and by whom, also where it only checks, and ends with 1", async () => {
    const { folder, port } = await scene();
    const running = start(folder);
    await untilReady(running);
    const ours = `port: Another Wayfare answers at port ${port}: an editor's, or another start of this.`;
    for (const more of [[], ["--check"]]) {
      const second = start(folder, ...more);
      expect(await second.ended).toBe(1);
      expect(second.err()).toContain(`Wayfare endpoint: not started. One problem:\n  ${ours}`);
    }
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    const taken = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    onTestFinished(() => {
      taken.close();
    });
    const third = start(folder);
    expect(await third.ended).toBe(1);
    expect(third.err()).toContain(`Another program uses port ${port}. End it, or choose another port by --port.`);
  });

  it.runIf(process.platform === "linux")("says that books cannot lie where no folder can be made", async () => {
    const { folder } = await scene({}, { ledger: "/proc/wayfare" });
    for (const more of [[], ["--check"]]) {
      const running = start(folder, ...more);
      expect(await running.ended).toBe(1);
      expect(running.err()).toContain("ledger: The books cannot be written to /proc/wayfare: nothing can be made in");
    }
  });

  it("is told of its help where neither an editor nor an argument started it", async () => {
    const { folder } = await scene();
    const running = run(folder);
    expect(await running.ended).toBe(2);
    expect(running.err()).toBe(
      "An editor starts this by itself; without one nothing is done but with --endpoint. See --help.\n",
    );
  });

  it("says that this Node has no node:sqlite before a file is made, also where it only checks", async () => {
    const { folder } = await scene();
    for (const more of [[], ["--check"]]) {
      const argv = ["--endpoint", "--config", join(folder, "wayfare.json"), ...more];
      const running = runOn(["--no-experimental-sqlite"], folder, ...argv);
      expect(await running.ended).toBe(1);
      expect(running.err()).toBe(
        `Wayfare endpoint: not started. One problem:\n  node: Node ${process.versions.node} has no node:sqlite, in which the books are kept. Start this with Node 22.20 or later.\n`,
      );
    }
    expect(readdirSync(folder)).toEqual(["wayfare.json"]);
  });

  it("checks without serving, and tells all that is wrong", async () => {
    const { folder, port } = await scene();
    const checked = start(folder, "--check");
    expect(await checked.ended).toBe(0);
    expect(checked.out()).toContain(`Wayfare endpoint: could start, at http://127.0.0.1:${port}`);
    const tierless = await scene({ "wayfare.tiers": { cheap: ["acme/smal"], frontier: ["acme/small"] } });
    for (const more of [[], ["--check"]]) {
      const stopped = start(tierless.folder, ...more);
      expect(await stopped.ended).toBe(1);
      expect(stopped.err()).toContain('\n  wayfare.tiers.cheap[0]: The provider "acme" lists no model "smal". ');
    }
    expect(readdirSync(tierless.folder)).toEqual(["wayfare.json"]);
    const wrong = await scene({ "wayfare.budget.daily": "five", "wayfare.qualty": 3 });
    const refused = start(wrong.folder, "--check");
    expect(await refused.ended).toBe(1);
    expect(refused.err()).toContain('wayfare.budget.daily: "five" is not an amount in USD.');
    expect(refused.err()).toContain("wayfare.qualty");
  });
});
