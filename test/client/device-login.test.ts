import { describe, expect, it } from "vitest";
import { addProvider } from "../../client/add-provider.ts";
import { changeKey } from "../../client/change-key.ts";
import type {
  FinishLoginResult,
  StartLoginResult,
  TestConnectionParams,
  TestConnectionResult,
} from "../../shared/protocol.ts";
import { type Reply, scriptedDialog } from "./scripted-dialog.ts";

const started: StartLoginResult = {
  ok: true,
  loginId: "one",
  userCode: "ABCD-1234",
  page: "https://tokenmix.ai/device?code=ABCD-1234",
};
const failure = { kind: "setup" as const, field: "key", message: "TokenMix: the login was denied on the page." };
const takes = ({ providerId }: TestConnectionParams): TestConnectionResult => ({
  ok: true,
  baseUrl: "https://api.tokenmix.ai/v1",
  models: [],
  tiers: { cheap: [`${providerId}/a`], frontier: [] },
  elapsedMs: 1,
});

function scene(script: readonly Reply[], ends: FinishLoginResult[] = [{ ok: true, key: "sk-tm-new" }], opens = true) {
  const { dialog, seen, left } = scriptedDialog(script);
  const tested: TestConnectionParams[] = [];
  const opened: string[] = [];
  const rest = [...ends];
  const deps = {
    dialog,
    testConnection: async (params: TestConnectionParams) => {
      tested.push(params);
      return takes(params);
    },
    login: {
      startLogin: async () => started,
      finishLogin: async (): Promise<FinishLoginResult> => rest.shift() ?? { ok: false, failure },
      openPage: async (url: string) => {
        opened.push(url);
        return opens;
      },
    },
    showLog: () => undefined,
  };
  const add = async () => {
    const result = await addProvider({ ...deps, taken: [], environment: {}, findLocalServers: async () => [] });
    expect(left()).toBe(0);
    return result;
  };
  const change = async () => {
    const provider = {
      id: "tokenmix",
      preset: "tokenmix" as const,
      baseUrl: "https://api.tokenmix.ai/v1",
      headers: {},
    };
    const result = await changeKey({ ...deps, provider });
    expect(left()).toBe(0);
    return result;
  };
  return { add, change, seen, tested, opened };
}

const login = { pick: "Log in in the browser" };
const rest: Reply[] = [{ type: "a-model" }, "enter", "enter"];

describe("Add Provider with a login in the browser", () => {
  it("shows the code, opens its page, waits, and goes on with the key that came of it", async () => {
    const { add, seen, tested, opened } = scene([{ pick: "TokenMix" }, login, ...rest]);
    expect(await add()).toMatchObject({ id: "tokenmix", preset: "tokenmix", key: "sk-tm-new" });
    expect(seen.slice(1, 4)).toEqual([
      "Add TokenMix (2/4) Log in in the browser [TokenMix makes a key for Wayfare] | Paste a key [one that you have made yourself]",
      "wait: Asking TokenMix for a code…",
      "wait: Confirm the code ABCD-1234 on the page of tokenmix.ai that has opened. Waiting for it…",
    ]);
    expect(opened).toEqual(["https://tokenmix.ai/device?code=ABCD-1234"]);
    expect(tested).toMatchObject([{ key: "sk-tm-new" }]);
  });

  it("says where the page is when none can be opened here", async () => {
    const { add, seen } = scene([{ pick: "TokenMix" }, login, ...rest], undefined, false);
    await add();
    expect(seen[3]).toBe(
      "wait: Confirm the code ABCD-1234 at https://tokenmix.ai/device?code=ABCD-1234. Waiting for it…",
    );
  });

  it("takes a pasted key as well, also after a login that did not work", async () => {
    const paste = scene([{ pick: "TokenMix" }, { pick: "Paste a key" }, { type: "sk-tm-mine" }, ...rest]);
    expect((await paste.add())?.key).toBe("sk-tm-mine");
    const denied = scene(
      [{ pick: "TokenMix" }, login, { press: "Try Again" }, { press: "Paste a Key" }, { type: "sk-tm-mine" }, ...rest],
      [],
    );
    expect((await denied.add())?.key).toBe("sk-tm-mine");
    expect(denied.seen).toContain(
      "fail inFront: The login at TokenMix did not work. TokenMix: the login was denied on the page. {Try Again|Paste a Key}",
    );
  });

  it.each<[string, Reply[]]>([
    ["before it", ["escape"]],
    ["while it waits", [login, "cancel"]],
    ["when it did not work", [login, "escape"]],
  ])("adds nothing when it is left %s", async (_when, script) => {
    // The first wait, for the code, is not the one that is cancelled.
    const { add, tested } = scene([{ pick: "TokenMix" }, ...script], []);
    expect(await add()).toBeNull();
    expect(tested).toEqual([]);
  });
});

describe("Change Key with a login in the browser", () => {
  it("tries the key that came of it before it is given back", async () => {
    const { change, tested } = scene([login]);
    expect(await change()).toEqual({ key: "sk-tm-new" });
    expect(tested).toMatchObject([{ providerId: "tokenmix", key: "sk-tm-new" }]);
  });

  it("keeps the old one when it is left", async () => {
    expect(await scene(["escape"]).change()).toBeNull();
    expect(await scene([{ pick: "Paste a key" }, "back", "escape"]).change()).toBeNull();
  });
});
