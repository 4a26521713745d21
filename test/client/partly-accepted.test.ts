import { beforeEach, describe, expect, it, vi } from "vitest";
import { createPartlyAccepted } from "../../client/partly-accepted.ts";
import { events, Position, Range, reset, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

/** One line, in which ` width * height;` is offered behind `return`. */
async function scene() {
  const told: string[] = [];
  const partly = createPartlyAccepted((id) => told.push(id));
  let line = "return";
  const document = {
    uri: Uri.file("/shop/a.ts"),
    getText: (range?: Range) => line.slice(range?.start.character ?? 0, range?.end.character ?? line.length),
  };
  const at = (character: number) => new Position(0, character);
  const offer = async (id: string, from: number, text: string) => {
    const item = { insertText: text, range: new Range(at(from), at(from)), command: { arguments: [id] } };
    const provide = partly.watch(async () => [item] as never);
    const shown = await provide(document as never, at(from) as never, {} as never, {} as never, async () => []);
    expect(shown).toEqual([item]);
  };
  await offer("one", 6, " width * height;");
  return {
    told,
    offer,
    type(text: string, reason?: number) {
      const from = at(line.length);
      line += text;
      const contentChanges = [{ rangeLength: 0, text, range: new Range(from, from) }];
      events.text.fire({ document, contentChanges, ...(reason === undefined ? {} : { reason }) } as never);
    },
  };
}

describe("ghost text that is taken in part", () => {
  it("is told of once, whether something was typed before it or not", async () => {
    const { type, told } = await scene();
    type(" ");
    type("width");
    type(" * height");
    expect(told).toEqual(["one"]);
  });

  it("is told of again for another offer", async () => {
    const { type, told, offer } = await scene();
    type(" width");
    await offer("two", 12, " * height;");
    type(" * height");
    expect(told).toEqual(["one", "two"]);
  });

  it.each([
    ["typed letter by letter", [" ", "w", "i"], undefined],
    ["another text", [" height"], undefined],
    ["all of it, which its command tells", [" width * height;"], undefined],
    ["redone", [" width"], 2],
    ["signs alone, as an editor closes brackets", [" width".slice(0, 1), "()"], undefined],
  ])("is not told of when it is %s", async (_, texts, reason) => {
    const { type, told } = await scene();
    for (const text of texts) type(text, reason);
    expect(told).toEqual([]);
  });
});
