import { describe, expect, it } from "vitest";
import { head, kill, open, raw, reservation, settlement, start, tempDirectory, turn, written } from "./books.ts";

describe("a conversation", () => {
  it("comes back as it was saved, turns in the order they were asked", async () => {
    const { sessions } = await open();
    await sessions.saveTurn(head(), turn({ id: "z" }));
    const failure = { kind: "truncated", message: "The answer was cut off." } as const;
    await sessions.saveTurn(head(), turn({ id: "a", state: "failed", answer: "Half an ans", failure }));
    await sessions.saveTurn(head({ updatedAtMs: 2_000 }), turn({ id: "z", answer: "Changed." }));
    expect(sessions.read("session")).toEqual({
      id: "session",
      title: "How does it work?",
      updatedAtMs: 2_000,
      costNano: 0,
      simulated: false,
      turns: [
        turn({ id: "z", answer: "Changed." }),
        turn({ id: "a", state: "failed", answer: "Half an ans", failure }),
      ],
    });
    expect(sessions.read("another")).toBeNull();
  });

  it("is listed with its workspace, the latest first", async () => {
    const { sessions } = await open();
    await sessions.saveTurn(head({ id: "old", updatedAtMs: 1 }), turn({ id: "1" }));
    await sessions.saveTurn(head({ id: "new", updatedAtMs: 9 }), turn({ id: "2" }));
    await sessions.saveTurn(head({ id: "far", workspace: "elsewhere" }), turn({ id: "3" }));
    await sessions.saveTurn(head({ id: "old", updatedAtMs: 20 }), turn({ id: "4" }));
    expect(sessions.list("here").map(({ id }) => id)).toEqual(["old", "new"]);
    expect(sessions.list("nowhere")).toEqual([]);
  });

  it("costs what all its settled attempts cost, also those of a turn that was asked again", async () => {
    const { sessions, ledger } = await open();
    await sessions.saveTurn(head(), turn());
    const spend = async (attemptId: string, costNano: number | null, book: "real" | "simulated") => {
      await ledger.reserve(reservation({ attemptId, sessionId: "session", turnId: "turn", book }));
      await ledger.settle(attemptId, settlement({ costNano }));
    };
    const cost = () => {
      const read = sessions.read("session");
      const { turns: _turns, ...own } = read ?? { turns: [] };
      expect(sessions.list("here")).toEqual([own]);
      return [read?.costNano, read?.simulated, ...(read?.knownNano === undefined ? [] : [read.knownNano])];
    };
    await spend("1", 500, "simulated");
    expect(cost()).toEqual([500, true]);
    await spend("2", 100, "real");
    await spend("3", 20, "real");
    await ledger.reserve(reservation({ attemptId: "held", sessionId: "session" }));
    await ledger.reserve(reservation({ attemptId: "elsewhere", sessionId: "another" }));
    await ledger.settle("elsewhere", settlement());
    expect(cost()).toEqual([120, false]);
    await spend("4", null, "real");
    expect(cost()).toEqual([null, false, 120]);
    // A failed attempt that was charged counts like any other; one that delivered nothing adds nothing.
    await spend("5", 0, "real");
    await spend("6", 7, "real");
    expect(cost()).toEqual([null, false, 127]);
  });

  it("is gone when removed, with its text, and does not come back with an answer that ends later", async () => {
    const store = await open();
    const { sessions } = store;
    await sessions.saveTurn(head(), turn({ state: "answering", answer: "" }));
    const removed = sessions.remove("session");
    const late = sessions.saveTurn(head(), turn());
    await Promise.all([removed, late]);
    expect(sessions.read("session")).toBeNull();
    expect(sessions.list("here")).toEqual([]);
    expect(raw(store.path).prepare("SELECT COUNT(*) AS rows FROM turns").get()).toEqual({ rows: 0 });
    await sessions.remove("never there");
  });

  it("keeps 500 of a workspace, dropping the one longest untouched, and lists 200", async () => {
    const store = await open();
    const { sessions } = store;
    await sessions.saveTurn(head({ id: "elsewhere", workspace: "other", updatedAtMs: 0 }), turn({ id: "other" }));
    await Promise.all(
      Array.from({ length: 501 }, (_, i) =>
        sessions.saveTurn(head({ id: `s${i}`, updatedAtMs: i === 0 ? 10_000 : i }), turn({ id: `t${i}` })),
      ),
    );
    expect(sessions.read("s1")).toBeNull();
    expect(["s0", "s2", "elsewhere"].map((id) => sessions.read(id)?.turns.length)).toEqual([1, 1, 1]);
    const counted = raw(store.path).prepare("SELECT COUNT(*) AS rows FROM turns").get();
    expect(counted).toEqual({ rows: 501 });
    const listed = sessions.list("here").map((session) => session.id);
    expect([listed.length, listed[0], listed[1]]).toEqual([200, "s0", "s500"]);
  });

  it("skips what it can no longer read, and never throws", async () => {
    const store = await open();
    const { sessions } = store;
    for (const id of ["a", "b", "c", "d"]) await sessions.saveTurn(head(), turn({ id }));
    const rows = raw(store.path);
    rows.exec("UPDATE turns SET body = 'not JSON' WHERE turn_id = 'a'");
    rows.exec("UPDATE turns SET body = '{\"id\": 3}' WHERE turn_id = 'b'");
    rows.exec("UPDATE turns SET state = 'pondering' WHERE turn_id = 'c'");
    expect(sessions.read("session")?.turns.map((each) => each.id)).toEqual(["d"]);
  });

  it("keeps every character of a text", async () => {
    const { sessions } = await open();
    const answer = "`'\"\\ \u0001 日本 👩‍👩‍👧 \r\n </script> ; DROP TABLE turns";
    await sessions.saveTurn(head({ title: answer }), turn({ answer, question: answer }));
    expect(sessions.read("session")).toMatchObject({ title: answer, turns: [{ answer, question: answer }] });
  });
});

describe("an answer that is still coming", () => {
  it("is answering while its process lives, seen from another window too, with the text noted last", async () => {
    const directory = tempDirectory();
    const { sessions } = await open({ directory });
    await sessions.saveTurn(head(), turn({ state: "answering", answer: "" }));
    for (const text of ["L", "Like", "Like th"]) sessions.saveAnswerText("turn", text);
    await written();
    const other = await open({ directory, instanceId: "another window" });
    for (const each of [sessions, other.sessions]) {
      expect(each.read("session")?.turns).toMatchObject([{ state: "answering", answer: "Like th" }]);
    }
  });

  it("is not overwritten by a note once it has ended", async () => {
    const { sessions } = await open();
    await sessions.saveTurn(head(), turn({ state: "answering", answer: "" }));
    sessions.saveAnswerText("turn", "Like th");
    const saved = sessions.saveTurn(head(), turn());
    sessions.saveAnswerText("turn", "Like");
    await saved;
    await written();
    expect(sessions.read("session")?.turns).toEqual([turn()]);
  });

  it("is interrupted, with what had come, when its process was killed", async () => {
    const directory = tempDirectory();
    const { child } = await start(["hold", directory, "broken"]);
    const { sessions } = await open({ directory });
    expect(sessions.read("session")?.turns).toMatchObject([{ state: "answering", answer: "What had co" }]);
    await kill(child);
    expect(sessions.read("session")?.turns).toMatchObject([{ state: "interrupted", answer: "What had co" }]);
  });
});
