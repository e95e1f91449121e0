import { expect, test } from "vitest";
import { marker, mostMarks, ProfileMarks } from "../../src/engine/profile.ts";
import { wasmProfiler } from "../../src/engine/wasm/describe.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { assign, matmul, state, sum } from "../../src/graph/index.ts";

const programs = ["first", "second"];

test("samples belong to the run and the thread that they were made in", () => {
  const marks = new ProfileMarks(2);
  const [own, other] = marks.lists.map(marker) as [(mark: number) => void, (mark: number) => void];
  marks.around(1, () => {
    own(2 * 7);
    other(2 * 8);
    own(2 * 7 + 1);
    other(2 * 8 + 1);
  });
  marks.around(0, () => {});
  const runs = marks.take(programs);
  expect(runs.map(({ program, samples }) => [program, samples.map(({ kernel, thread }) => [kernel, thread])])).toEqual([
    [
      "second",
      [
        [7, 0],
        [8, 1],
      ],
    ],
    ["first", []],
  ]);
  const [{ start, end, samples }] = runs as [(typeof runs)[0]];
  for (const sample of samples) {
    expect(sample.start).toBeLessThanOrEqual(sample.end);
    // The clock of the first thread, read before and after by the same thread.
    expect(start).toBeLessThanOrEqual(sample.start);
    expect(sample.end).toBeLessThanOrEqual(end);
  }
  expect(marks.take(programs)).toEqual([]);
});

test("a kernel that runs several times in a run has as many samples", () => {
  const marks = new ProfileMarks(1);
  const mark = marker(marks.lists[0]!);
  marks.around(0, () => {
    for (let i = 0; i < 3; i++) [4, 6, 7, 5].forEach(mark);
  });
  expect(marks.take(programs)[0]!.samples.map(({ kernel }) => kernel)).toEqual([3, 2, 3, 2, 3, 2]);
});

test("a run that one list has no room for is left out, and so are those after it", () => {
  const marks = new ProfileMarks(2);
  const other = marker(marks.lists[1]!);
  marks.around(0, () => other(2));
  marks.around(0, () => {
    for (let i = 0; i < mostMarks; i++) other(2);
  });
  marks.around(0, () => other(2));
  expect(marks.take(programs)).toHaveLength(1);
  marks.around(1, () => {});
  expect(marks.take(programs).map(({ program }) => program)).toEqual(["second"]);
});

test("an executable tells of its runs, and of its kernels what they do", () => {
  const [a, b, c] = [state("a", [30, 20]), state("b", [20, 10]), state("c", [30, 10])];
  const product = matmul(a, b);
  const executable = wasmEngine.compile(
    {
      multiply: { outputs: {}, assignments: [assign(c, product)] },
      add: { outputs: { total: sum(c, 0) }, assignments: [] },
    },
    { profile: wasmProfiler },
  );
  for (const program of ["multiply", "add", "multiply"]) executable.run(program);
  const { kernels, runs } = executable.readProfile()!;
  expect(runs.map(({ program }) => program)).toEqual(["multiply", "add", "multiply"]);
  for (const { program, samples } of runs) {
    expect(samples.length).toBeGreaterThan(0);
    for (const { kernel } of samples) expect(kernels[kernel]!.program).toBe(program);
  }
  expect(kernels.find(({ kind }) => kind === "matmul")).toEqual({
    program: "multiply",
    label: "product 30 x 20 x 10 -> c",
    shortLabel: "product -> c",
    kind: "matmul",
    flops: 2 * 30 * 20 * 10,
    skipsZeros: false,
  });
  expect(kernels.map(({ label }) => label)).toContain("sum of 30 x 10 -> total");
  expect(executable.readProfile()!.runs).toEqual([]);
});

test("who did not ask gets no profile", () => {
  const c = state("c", [3]);
  const executable = wasmEngine.compile({ add: { outputs: { total: sum(c) }, assignments: [] } });
  executable.run("add");
  expect(executable.readProfile()).toBeUndefined();
});
