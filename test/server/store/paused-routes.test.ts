import { expect, it } from "vitest";
import { open, tempDirectory } from "./books.ts";

const route = { providerId: "openai", modelId: "gpt-5.4-mini" };

it("keeps a pause over a restart, for every window, until it is taken back", async () => {
  const directory = tempDirectory();
  const one = await open({ directory, instanceId: "one" });
  const two = await open({ directory, instanceId: "two" });
  expect([...one.pausedRoutes.names()]).toEqual([]);
  await one.pausedRoutes.set(route, true, 1_000);
  await two.pausedRoutes.set(route, true, 2_000);
  await two.pausedRoutes.set({ ...route, modelId: "vendor/other:free" }, true, 3_000);
  for (const store of [one, two]) {
    expect([...store.pausedRoutes.names()]).toEqual(["openai/gpt-5.4-mini", "openai/vendor/other:free"]);
  }
  one.close();
  const later = await open({ directory, instanceId: "three" });
  await later.pausedRoutes.set(route, false, 4_000);
  await later.pausedRoutes.set(route, false, 5_000);
  expect([...two.pausedRoutes.names()]).toEqual(["openai/vendor/other:free"]);
});
