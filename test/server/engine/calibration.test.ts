import { expect, it } from "vitest";
import { createCalibration } from "../../../server/engine/calibration.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import { open, raw, tempDirectory, until } from "../store/books.ts";

const route = { providerId: "alps", modelId: "summit", origin: "https://alps.example.com" };
const counted = (input: number, output = input) => ({
  input: { reported: input * 100, estimated: 100 },
  output: { reported: output * 100, estimated: 100 },
});
const uncapped = { isCapped: false };

async function start(directory: string, instanceId: string) {
  const store = await open({ directory, instanceId });
  const calibration = createCalibration({ store: () => store.calibrations, now: () => 5 });
  const isKept = (factor: number) => until(() => (store.calibrations.read(route)?.input ?? []).includes(factor));
  return { store, calibration, isKept };
}

it("what was learned is known after a restart, for that model at that address", async () => {
  const directory = tempDirectory();
  const before = await start(directory, "one");
  before.calibration.learn(route, counted(1.2, 1.4));
  expect(before.calibration.factorsFor(route, uncapped)).toEqual({ input: 1.2, output: 1.4 });
  await before.isKept(1.2);
  before.store.close();
  const { calibration } = await start(directory, "two");
  expect(calibration.factorsFor(route, { isCapped: true })).toEqual({ input: 1.2, output: 1.4 });
  expect(calibration.factorsFor({ ...route, modelId: "valley" }, uncapped).input).toBe(1);
  expect(calibration.factorsFor({ ...route, origin: "https://sea.example.com" }, uncapped).input).toBe(1);
});

it("two windows add to the same model, and neither loses what the other learned", async () => {
  const directory = tempDirectory();
  const [one, two] = [await start(directory, "one"), await start(directory, "two")];
  one.calibration.learn(route, counted(1.2));
  await one.isKept(1.2);
  two.calibration.learn(route, counted(1.1));
  await two.isKept(1.1);
  one.calibration.learn(route, counted(1.3));
  await one.isKept(1.3);
  const { store } = await start(directory, "three");
  expect(store.calibrations.read(route)).toEqual({ input: [1.2, 1.1, 1.3], output: [1.2, 1.1, 1.3] });
});

it("what a simulated vendor counts is not kept", async () => {
  const { store, calibration } = await start(tempDirectory(), "one");
  calibration.learn({ ...route, simulated: true }, counted(1.2));
  expect(calibration.factorsFor({ ...route, simulated: true }, uncapped).input).toBe(1.2);
  await store.calibrations.learn({ ...route, modelId: "other" }, [counted(1.1)], 6);
  expect(store.calibrations.read(route)).toBeNull();
});

it("writes the first attempt at once, and those that come thick after it together", async () => {
  const store = await open({ directory: tempDirectory(), instanceId: "one" });
  let run = (): void => undefined;
  const calibration = createCalibration({
    store: () => store.calibrations,
    now: () => 5,
    soon(later) {
      run = later;
    },
  });
  const kept = () => store.calibrations.read(route)?.input ?? [];
  for (const factor of [1.1, 1.2, 1.3]) calibration.learn(route, counted(factor));
  await until(() => kept().length === 1);
  run();
  await until(() => kept().length === 3);
  expect(kept()).toEqual([1.1, 1.2, 1.3]);
  calibration.learn(route, counted(1.4));
  await until(() => kept().length === 4);
});

it("a row that cannot be read is none, and is begun anew", async () => {
  const { store, calibration } = await start(tempDirectory(), "one");
  await store.calibrations.learn(route, [counted(1.2)], 5);
  for (const torn of ["torn", "{}", "[0]", '["1"]']) {
    raw(store.path).exec(`UPDATE calibrations SET input = '${torn}'`);
    expect(store.calibrations.read(route)).toBeNull();
  }
  calibration.learn(route, counted(1.3));
  await until(() => store.calibrations.read(route) !== null);
  expect(store.calibrations.read(route)?.input).toEqual([1.3]);
});

it("books that fail are told of, and what this process learns still holds", async () => {
  const faults: Failure[] = [];
  const calibration = createCalibration({
    store: () => ({
      read() {
        throw new FailureError(closed);
      },
      learn: () => Promise.reject(new FailureError(closed)),
    }),
    now: () => 5,
    onFault: (failure) => faults.push(failure),
  });
  const closed: Failure = { kind: "ledger", message: "The books are closed." };
  calibration.learn(route, counted(1.2));
  expect(calibration.factorsFor(route, uncapped).input).toBe(1.2);
  await until(() => faults.length === 2);
  expect(faults).toEqual([closed, closed]);
});
