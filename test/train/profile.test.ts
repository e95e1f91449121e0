import { afterAll, expect, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import type { ThreadTeam } from "../../src/engine/threads.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { startThreads } from "../../src/execute/compute-threads.ts";
import { summarizeProfile } from "../../src/train/profile-summary.ts";
import { chromeTrace } from "../../src/train/profile-trace.ts";
import { ProfiledSession, type ProfiledSteps } from "../../src/train/profiled-session.ts";
import { Session } from "../../src/train/session.ts";
import { train } from "../../src/train/train.ts";
import { pictures, runOf } from "./toy.ts";

const pair = startThreads(2)!;
afterAll(() => pair.close());

// 90 pictures in batches of 16: the last batch of an epoch has 10.
const data = pictures({ count: 90, side: 8, classes: 3 });
const runFor = (iterations: number) =>
  runOf({
    model: [
      { kind: "conv2d", filters: 6, kernel: 3 },
      "relu",
      "maxPool2d",
      { kind: "dense", units: 25 },
      "relu",
      { kind: "dropout", rate: 0.2 },
      { kind: "dense", units: 3 },
    ],
    training: { batchSize: 16, iterations },
  });
const options = (team?: ThreadTeam) => ({ engine: wasmEngine, ...(team && { threads: team }) });

function profiled(iterations: number, team?: ThreadTeam): { session: ProfiledSession; steps: ProfiledSteps } {
  const session = new ProfiledSession(runFor(iterations), data, options(team));
  for (const _ of train(session));
  return { session, steps: session.takeProfile()! };
}

const bytesOf = (session: Session) => session.readStates().map(({ values }) => Buffer.from(values.buffer).toString("hex"));

test.each([undefined, pair])("measuring changes no bit (case %#)", (team) => {
  const plain = new Session(runFor(80), data, options(team));
  const events = [...train(plain)];
  const measuring = new ProfiledSession(runFor(80), data, options(team));
  const others = [...train(measuring)];
  expect(bytesOf(measuring)).toEqual(bytesOf(plain));
  const scores = events.map((event) => ("scores" in event ? event.scores : "training" in event ? event.training : undefined));
  expect(others.map((event) => ("scores" in event ? event.scores : "training" in event ? event.training : undefined))).toEqual(
    scores,
  );
});

test("200 steps of whole batches are measured, after a warm-up of 500", () => {
  const { steps, isWarm, threads } = profiled(1000).steps;
  const numbers = steps.map(({ step }) => step);
  // Every sixth step has a smaller batch, and a program of its own.
  expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => 501 + i).filter((step) => step % 6 !== 0));
  expect([isWarm, threads]).toEqual([true, 1]);
  expect(new Set(steps.map(({ run }) => run.program))).toEqual(new Set(["train.16"]));
});

test.each([
  [1, [1]],
  [2, [2]],
  [3, [2, 3]],
  [9, [5, 7, 8, 9]],
  [400, Array.from({ length: 200 }, (_, i) => 201 + i).filter((step) => step % 6 !== 0)],
])("of a run of %i steps, the second half is measured", (iterations, expected) => {
  const { steps, isWarm } = profiled(iterations).steps;
  expect(steps.map(({ step }) => step)).toEqual(expected);
  expect(isWarm).toBe(false);
  const summary = summarizeProfile({
    kernels: [],
    threads: 1,
    isWarm,
    steps: steps.map((one) => ({ ...one, run: { ...one.run, samples: [] } })),
  });
  expect(summary).toMatchObject({ steps: expected.length, firstStep: expected[0], lastStep: expected.at(-1) });
});

test("nothing is measured by a run that ends before, or by an engine that cannot", () => {
  const session = new ProfiledSession(runFor(100), data, options());
  session.step(0);
  expect(session.takeProfile()).toBeUndefined();
  const reference = new ProfiledSession(runFor(3), data, { engine: referenceEngine });
  for (const _ of train(reference));
  expect(reference.takeProfile()).toBeUndefined();
});

test.each([undefined, pair])("kernels, waiting and all else add up to a step (case %#)", (team) => {
  const { steps } = profiled(200, team);
  const summary = summarizeProfile(steps, 40);
  const { kernels, waiting, calls, host, step } = summary;
  const parts = [...kernels, waiting, calls, host];
  // Each is rounded to a nanosecond, the shares to a hundred-thousandth.
  expect(Math.abs(parts.reduce((sum, { mean }) => sum + mean, 0) - step.mean)).toBeLessThan(1e-3 * (parts.length + 1));
  expect(Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1)).toBeLessThan(1e-5 * (parts.length + 1));
  for (const part of parts) {
    expect(part.perThread).toHaveLength(steps.threads);
    expect(part.quartiles[0]).toBeLessThanOrEqual(part.quartiles[1]);
    expect(part.quartiles[1]).toBeLessThanOrEqual(part.quartiles[2]);
  }
  for (const kernel of kernels) expect(kernel.mean).toBeGreaterThan(0);
  const product = kernels.find(({ label }) => label.includes("-> dense2.weight") && label.startsWith("product"))!;
  expect(product.flops).toBe(2 * 25 * 16 * 3);
  expect(product.gflops!).toBeCloseTo(product.flops / (steps.threads * product.mean * 1000), 2);
  expect(product.peakShare!).toBeCloseTo(product.gflops! / 40, 2);
  // Images go through a phase chunk by chunk: 16 images, 16 chunks.
  expect(kernels.find(({ label }) => label.startsWith("convolution"))!.parts).toBe(16);
  expect(kernels.every(({ label }) => /(->|<-| for) /.test(label))).toBe(true);
});

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
}

test.each([undefined, pair])("the trace is JSON whose events nest in each thread (case %#)", (team) => {
  const { steps } = profiled(300, team);
  const text = chromeTrace(steps);
  expect(text.length).toBeLessThan(3e6);
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
  const names = traceEvents.filter(({ ph }) => ph === "M");
  expect(names.filter(({ name }) => name === "thread_name")).toHaveLength(steps.threads);
  const complete = traceEvents.filter(({ ph }) => ph === "X");
  expect(complete.length + names.length).toBe(traceEvents.length);
  expect(new Set(complete.map(({ pid }) => pid)).size).toBe(1);
  const tracks = Map.groupBy(complete, ({ tid }) => tid);
  expect([...tracks.keys()].sort()).toEqual(Array.from({ length: steps.threads }, (_, i) => i + 1));
  for (const events of tracks.values()) {
    let last = Number.NEGATIVE_INFINITY;
    const open: number[] = [];
    for (const { ts, dur } of events.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
      expect(dur).toBeGreaterThanOrEqual(0);
      expect(ts).toBeGreaterThanOrEqual(last);
      last = ts;
      while (open.length > 0 && open.at(-1)! <= ts) open.pop();
      // Nanoseconds are rounded: 1e-3 us.
      if (open.length > 0) expect(ts + dur).toBeLessThanOrEqual(open.at(-1)! + 1e-3);
      open.push(ts + dur);
    }
  }
  const stepEvents = complete.filter(({ name }) => /^step \d+$/.test(name));
  expect(stepEvents).toHaveLength(50);
  expect(stepEvents.map(({ name }) => name)).toEqual(steps.steps.slice(0, 50).map(({ step }) => `step ${step}`));
});

test("a trace of steps with very many samples holds fewer of them", () => {
  const { steps } = profiled(40);
  const [first] = steps.steps as [ProfiledSteps["steps"][0]];
  const samples = Array.from({ length: 8000 }, () => first.run.samples[0]!);
  const many = steps.steps.map((step) => ({ ...step, run: { ...step.run, samples } }));
  const count = (trace: string) => trace.split('"step ').length - 1;
  expect(count(chromeTrace({ ...steps, steps: many }))).toBe(2);
  const huge = many.map((step) => ({ ...step, run: { ...step.run, samples: [...samples, ...samples, ...samples] } }));
  expect(count(chromeTrace({ ...steps, steps: huge }))).toBe(1);
});

test("a mean is over the middle half of the steps: one that was interrupted does not count", () => {
  const kernel = { program: "train.1", label: "a", shortLabel: "a", kind: "matmul", flops: 4000, skipsZeros: false };
  const wait = { ...kernel, kind: "wait", flops: 0 };
  // Two threads; the kernel takes 2 ms in one and 1 ms in the other, which waits. One step takes long.
  const steps = Array.from({ length: 9 }, (_, i) => {
    const [start, more] = [100 * i, i === 4 ? 50 : 0];
    const samples = [
      { kernel: 1, thread: 0, start: start + 1, end: start + 3 + more },
      { kernel: 1, thread: 1, start: start + 1, end: start + 2 },
    ];
    const run = { program: "train.1", start: start + 1, end: start + 3.5 + more, samples };
    return { step: i + 1, start, end: start + 4 + more, run };
  });
  const summary = summarizeProfile({ kernels: [wait, kernel], threads: 2, isWarm: true, steps });
  expect(summary.step).toMatchObject({ mean: 4000, share: 1 });
  expect(summary.kernels).toMatchObject([{ mean: 1500, share: 0.375, perThread: [2000, 1000], parts: 2 }]);
  // 4,000 in 3 ms of two cores.
  expect(summary.kernels[0]!.gflops).toBe(0.001);
  expect(summary.host.mean).toBe(1500);
  // The second thread is idle for 1.5 ms after its part; the first one has not marked what it does in the last half.
  expect(summary.waiting.perThread).toEqual([0, 1500]);
  expect(summary.calls.perThread).toEqual([500, 0]);
});
