import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground, VendorFault } from "../../server/playground/start-playground.ts";
import {
  answerText,
  ask,
  askAndWait,
  chatFrame,
  decisionText,
  lineText,
  newChat,
  openChat,
  untilEnded,
} from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { settledRows } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { plainAnswer, startVendors, vendorSettings } from "./vendors.ts";

/** What a person sees of a vendor that fails, and what it costs them: a whole answer of another, and the names of both. */

/** Every model answers in its own words, so that a mixture of two would show. */
const answerOf = (modelId: string) => `${modelId} says: ${plainAnswer}`;

describe("a frontier vendor that fails", () => {
  let vendors: Playground;
  let editor: EditorUnderTest;

  const start = async (): Promise<void> => {
    vendors = await startVendors({ answer: ({ modelId }) => answerOf(modelId) });
    editor = await openEditor({
      folder: "sample",
      file: "src/duration.ts",
      settings: { ...vendorSettings(vendors), "wayfare.mode": "frontier" },
    });
    await enterKeys(editor.page, ["quarry", "alps"]);
    await openChat(editor.page);
  };
  beforeAll(start);

  afterAll(async () => {
    await editor?.close();
    await vendors?.close();
  });

  /** Asks the broken model, which works again as soon as it has taken the request. */
  async function askBroken(question: string, fault: VendorFault): Promise<Locator> {
    vendors.setFault("summit-2", { ...fault, times: 1 });
    const turn = await ask(editor.page, question);
    await expect.poll(() => vendors.faults().find(({ modelId }) => modelId === "summit-2")?.fault).toBe("none");
    return turn;
  }

  /** Leaves a conversation whose answer still comes, for a new one. */
  async function leaveFor(question: string, fault: VendorFault): Promise<void> {
    await askBroken(question, fault);
    await newChat(editor.page);
  }

  /** Goes back to the conversation that began with this question, and gives its turn. */
  async function comeBackTo(question: string): Promise<Locator> {
    const chat = chatFrame(editor.page);
    await chat.getByRole("button", { name: "Earlier conversations" }).click();
    await chat.locator(".session-open", { hasText: question }).click();
    const turn = chat.locator("article.turn", { hasText: question });
    await turn.waitFor();
    return turn;
  }

  /** The other frontier model's bytes and nothing else, once on the page; the line names the one that failed. */
  async function expectRescued(turn: Locator, after: string): Promise<string> {
    await untilEnded(turn);
    expect(await answerText(turn)).toBe(answerOf("ridge-3"));
    expect((await turn.innerText()).match(/ says: /g)).toHaveLength(1);
    const line = await lineText(turn);
    expect(line).toMatch(/^frontier \$0\.\d{4} ridge-3 · you chose frontier · /);
    expect(line.endsWith(after)).toBe(true);
    return decisionText(turn);
  }

  /** What the failed attempts were booked at. The last row is the answer's, at the vendor's own price. */
  async function failedRows(turn: Locator) {
    const rows = await settledRows(editor.storage, turn);
    const bills = vendors.log().filter((row) => row.model === "ridge-3");
    const last = rows.pop();
    expect(last).toMatchObject({ model_id: "ridge-3", outcome: "done", cost_source: "computed" });
    expect(bills.map((bill) => bill.costNano)).toContain(last?.cost_nano);
    return rows.map(({ model_id, outcome, cost_nano, cost_source, held_nano }) => {
      expect([model_id, outcome, held_nano > (cost_nano ?? 0)]).toEqual(["summit-2", "failed", true]);
      return { cost: cost_nano, source: cost_source };
    });
  }

  const free = { cost: 0, source: "free" };

  /** What had come is paid, as an estimate that is close to what the vendor itself counted. */
  async function expectPaidPiece(turn: Locator, end: "broken" | "closed"): Promise<void> {
    const [piece, ...others] = await failedRows(turn);
    expect(others).toEqual([]);
    expect(piece?.source).toBe("estimated");
    const bill = vendors.log().find((row) => row.model === "summit-2" && row.end === end)?.costNano ?? 0;
    expect(bill).toBeGreaterThan(0);
    expect(Math.abs((piece?.cost ?? 0) / bill - 1)).toBeLessThan(0.1);
  }

  const stall = "What if it stops in the middle?";
  const silence = "What if it says nothing?";

  it("by a cut stream: what had come goes for the whole answer of the next, and is paid as an estimate", async () => {
    await leaveFor(stall, { kind: "stall", afterCharacters: "half" });
    const turn = await askBroken("What if the stream is cut?", { kind: "cut", afterCharacters: "half" });
    const decision = await expectRescued(turn, "after alps/summit-2 failed");
    expect(await turn.locator(".note").innerText()).toBe(
      "alps/summit-2: cut off before its end. Started again on quarry/ridge-3.",
    );
    expect(decision).toMatch(/alps\/summit-2 failed: The answer from 127\.0\.0\.1:\d+ broke off before its end\n/);
    await expectPaidPiece(turn, "broken");
    await takePicture(editor.page, "failover-cut");
    await newChat(editor.page);
    await leaveFor(silence, { kind: "silence", phase: "content", keepAlives: true });
  });

  it("with a 500, twice: the next answers, and nothing is paid but that", async () => {
    vendors.setFault("summit-2", { kind: "status", status: 500 });
    const turn = await askAndWait(editor.page, "What if it answers 500?");
    vendors.setFault("summit-2", null);
    const decision = await expectRescued(turn, "after alps/summit-2 failed twice");
    expect(await turn.locator(".note").count()).toBe(0);
    expect(decision).toMatch(
      /alps\/summit-2 failed: 127\.0\.0\.1:\d+ failed \(500\)\. "The vendor answers 500, as it was told to\."; it cost nothing\n/,
    );
    expect(await failedRows(turn)).toEqual([free, free]);
  });

  it("by a stall: it is left after ten seconds, also while another conversation is on the page", async () => {
    const turn = await comeBackTo(stall);
    const decision = await expectRescued(turn, "after alps/summit-2 failed");
    expect(await turn.locator(".note").innerText()).toBe(
      "alps/summit-2: stalled for 10 s. Started again on quarry/ridge-3.",
    );
    expect(decision).toContain(
      "alps/summit-2 failed: alps/summit-2 stopped in the middle of its answer: nothing came for 10 s. Try again, or choose another model\n",
    );
    await expectPaidPiece(turn, "closed");
  });

  it("by silence: signs of life do not hold it, and nothing is paid for it", async () => {
    const turn = await comeBackTo(silence);
    const decision = await expectRescued(turn, "after alps/summit-2 failed");
    expect(await turn.locator(".note").count()).toBe(0);
    expect(decision).toContain(
      "alps/summit-2 failed: alps/summit-2 took the question but wrote nothing for 20 s. Try again, or choose another model; it cost nothing\n",
    );
    expect(await failedRows(turn)).toEqual([free]);
  });

  it("leaves no socket open", async () => {
    await expect.poll(() => vendors.openRequests()).toBe(0);
  });

  it("with a 429: its key is left alone for as long as it said, and the plan says so", async () => {
    // An editor of its own: the other one has learned that the model fails, and asks it last.
    await editor.close();
    await vendors.close();
    await start();
    const turn = await askBroken("What if it answers 429?", {
      kind: "status",
      status: 429,
      headers: { "retry-after": "60" },
    });
    const decision = await expectRescued(turn, "after alps/summit-2 failed");
    expect(decision).toMatch(
      /alps\/summit-2 failed: 127\.0\.0\.1:\d+ limits the rate of requests \(429\)\. "The vendor answers 429, as it was told to\." Again in 60 s, or choose another model; it cost nothing\n/,
    );
    expect(await failedRows(turn)).toEqual([free]);

    const next = await askAndWait(editor.page, "And right after that?");
    expect(await answerText(next)).toBe(answerOf("ridge-3"));
    await decisionText(next);
    await next.getByText("Left out: 1 route").click();
    const leftOut = await next.locator(".decision-panel").innerText();
    expect(leftOut).toMatch(/alps\/summit-2 frontier · cooling down for (?:60|5\d) s: rate limited, 60 s/);
    expect(await failedRows(next)).toEqual([]);
  });
});
