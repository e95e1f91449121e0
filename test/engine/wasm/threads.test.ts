import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { EngineError } from "../../../src/core/errors.ts";
import { foldIn, randomKey, uniformAt } from "../../../src/core/random.ts";
import type { Numerics } from "../../../src/engine/engine.ts";
import { shareByTime } from "../../../src/engine/sharing/sharing.ts";
import type { ThreadTeam } from "../../../src/engine/threads.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { startThreads } from "../../../src/execute/compute-threads.ts";
import { Session } from "../../../src/train/session.ts";
import { propertyRuns } from "../../support/long.ts";
import { asImages, blobs, imageLayers, runOf } from "../../train/toy.ts";

const teams = new Map([2, 3, 4].map((count) => [count, startThreads(count)!]));
afterAll(async () => {
  for (const team of teams.values()) await team.close();
});

/** Sleeps, as a thread that trains would: without giving way to events. */
const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function allReady(session: Session, team: ThreadTeam): void {
  for (let tries = 0; session.executable.activeThreads < team.size; tries++) {
    if (tries > 1000) throw new Error("the threads do not become ready");
    sleep(5);
    session.evaluate("test");
  }
}

const networks = fc.record({
  widths: fc.array(fc.integer({ min: 8, max: 130 }), { minLength: 1, maxLength: 4 }),
  features: fc.integer({ min: 3, max: 150 }),
  batch: fc.integer({ min: 9, max: 140 }),
  optimizer: fc.constantFrom("sgd", "momentum", "adam"),
  batchNorm: fc.boolean(),
  bytes: fc.boolean(),
  numerics: fc.constantFrom("fused" as Numerics, "portable" as Numerics),
});

test("1, 2, 3 and 4 threads give the same bits", { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(networks, ({ widths, features, batch, optimizer, batchNorm, bytes, numerics }) => {
      const data = blobs({ count: 2 * batch + 5, classes: 3, features, bytes });
      const hidden = widths.flatMap((units) => [{ kind: "dense", units }, ...(batchNorm ? ["batchNorm"] : []), "relu"]);
      const run = runOf({
        model: [...hidden, { kind: "dense", units: 3 }],
        optimizer: { kind: optimizer, learningRate: 0.01 },
        penalty: { kind: "l2", strength: 0.01 },
        training: { batchSize: batch, epochs: 3 },
      });
      const trained = (team?: ThreadTeam) => {
        const session = new Session(run, data, { engine: wasmEngine, numerics, ...(team && { threads: team }) });
        if (team) allReady(session, team);
        const losses = Array.from({ length: 7 }, (_, step) => session.step(step).loss);
        return { losses, scores: session.evaluate("test"), states: session.readStates() };
      };
      const alone = trained();
      expect(alone.losses.every(Number.isFinite)).toBe(true);
      for (const team of teams.values()) expect(trained(team)).toEqual(alone);
    }),
    propertyRuns(12, 300),
  );
});

test("1, 2, 3 and 4 threads give the same bits with convolutions, pools and dropout", () => {
  const images = asImages(blobs({ count: 70, classes: 3, features: 12 * 13 * 2 }), [12, 13, 2]);
  const run = runOf({
    model: [...imageLayers(9), { kind: "dropout", rate: 0.3 }, { kind: "dense", units: 3 }],
    training: { batchSize: 35, epochs: 4 },
  });
  const trained = (team?: ThreadTeam) => {
    const session = new Session(run, images, { engine: wasmEngine, ...(team && { threads: team }) });
    if (team) allReady(session, team);
    const losses = Array.from({ length: 8 }, (_, step) => session.step(step).loss);
    return { losses, scores: session.evaluate("test"), states: session.readStates() };
  };
  const alone = trained();
  expect(alone.losses.every(Number.isFinite)).toBe(true);
  for (const team of teams.values()) expect(trained(team)).toEqual(alone);
});

/** Shares of the work that no clock would give: others for each phase, from tiny to nearly all. */
const unevenly = (seed: number): NonNullable<ThreadTeam["share"]> => {
  const weight = (phase: number, thread: number) => 0.02 + uniformAt(foldIn(randomKey(seed), "phase", phase), thread) ** 3;
  return ({ phases }) => ({
    laps: [],
    sharesIn: (phase) => Array.from({ length: 4 }, (_, thread) => weight(phase + phases.length, thread)),
    run: (_, run) => run(),
  });
};

test("the same bits however unevenly work is shared, in halves of k as well", { timeout: 600_000 }, async () => {
  const shapes = fc.record({
    // More than four times the batch, and enough weights: the first product is computed in halves.
    features: fc.integer({ min: 410, max: 500 }),
    units: fc.integer({ min: 41, max: 70 }),
    batch: fc.integer({ min: 1, max: 100 }),
    bytes: fc.boolean(),
    numerics: fc.constantFrom("fused" as Numerics, "portable" as Numerics),
    seed: fc.nat(),
  });
  const team = startThreads(4)!;
  fc.assert(
    fc.property(shapes, ({ features, units, batch, bytes, numerics, seed }) => {
      const data = blobs({ count: 3 * batch + 7, classes: 3, features, bytes });
      const model = [{ kind: "dense", units }, "relu", { kind: "dense", units: 30 }, "tanh", { kind: "dense", units: 3 }];
      const run = runOf({ model, optimizer: { kind: "adam", learningRate: 0.01 }, training: { batchSize: batch, epochs: 3 } });
      const trained = (threads?: ThreadTeam) => {
        const session = new Session(run, data, { engine: wasmEngine, numerics, ...(threads && { threads }) });
        if (threads) allReady(session, threads);
        const losses = Array.from({ length: 5 }, (_, step) => session.step(step).loss);
        return { losses, scores: session.evaluate("test"), states: session.readStates() };
      };
      const alone = trained();
      expect(alone.losses.every(Number.isFinite)).toBe(true);
      expect(trained(Object.assign(team, { share: unevenly(seed) }))).toEqual(alone);
    }),
    propertyRuns(12, 300),
  );
  await team.close();
});

test("a step does not wait for threads that are not ready yet", async () => {
  const team = startThreads(2)!;
  const session = new Session(runOf(), blobs({ count: 150, classes: 3, features: 5 }), { engine: wasmEngine, threads: team });
  expect(session.step(0).rows).toBeGreaterThan(0);
  expect(session.executable.threads).toBe(2);
  await team.close();
});

test("a thread that comes when its executable was let go serves the next one", async () => {
  const team = startThreads(2)!;
  const open = () => new Session(runOf(), blobs({ count: 150, classes: 3, features: 5 }), { engine: wasmEngine, threads: team });
  // Nobody gives way to events in between, so the thread, which has yet to load its code, finds the work of all of them.
  const sessions = Array.from({ length: 5 }, open);
  allReady(sessions.at(-1)!, team);
  expect(sessions[0]!.executable.activeThreads).toBe(1);
  await team.close();
});

test("an executable goes on alone when its threads serve another one", async () => {
  const team = startThreads(2)!;
  const open = () => new Session(runOf(), blobs({ count: 150, classes: 3, features: 5 }), { engine: wasmEngine, threads: team });
  const first = open();
  allReady(first, team);
  const second = open();
  expect(first.step(0).loss).toBe(second.step(0).loss);
  expect(first.executable.activeThreads).toBe(1);
  allReady(second, team);
  await team.close();
});

test("a team that adapts gives the same bits while it tries one thread and all of them", async () => {
  const team = startThreads(2)!;
  const run = runOf({ training: { batchSize: 30, epochs: 40 } });
  const data = blobs({ count: 150, classes: 3, features: 5 });
  const adapting = new Session(run, data, {
    engine: wasmEngine,
    threads: Object.assign(team, { share: shareByTime(team.size, true) }),
  });
  const alone = new Session(run, data, { engine: wasmEngine });
  allReady(adapting, team);
  const seen = new Set<number>();
  for (let step = 0; step < 60; step++) {
    expect(adapting.step(step)).toEqual(alone.step(step));
    seen.add(adapting.executable.activeThreads);
  }
  expect(seen).toEqual(new Set([1, 2]));
  expect(adapting.readStates()).toEqual(alone.readStates());
  await team.close();
});

test("threads without work take no time of the processor", async () => {
  const team = teams.get(4)!;
  const session = new Session(runOf(), blobs({ count: 150, classes: 3, features: 5 }), { engine: wasmEngine, threads: team });
  allReady(session, team);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { user, system } = process.cpuUsage(before);
  // Three threads that spin would take at least one core whole: 500,000 microseconds.
  expect(user + system).toBeLessThan(250_000);
});

test("a thread that dies ends the step with an error", async () => {
  const team = startThreads(3)!;
  const session = new Session(runOf(), blobs({ count: 150, classes: 3, features: 5 }), { engine: wasmEngine, threads: team });
  allReady(session, team);
  await team.close();
  const start = performance.now();
  const error = (() => {
    try {
      session.step(0);
      return undefined;
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(EngineError);
  expect((error as EngineError).code).toBe("E_THREAD_DIED");
  expect(performance.now() - start).toBeLessThan(5000);
});
