import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { blocksOf, returningSums } from "../../src/graph/plan/blocks.ts";
import { canonicalProgram } from "../../src/graph/plan/canonical.ts";
import { isPlain, readsOf, writesOf } from "../../src/graph/plan/kernel.ts";
import { alignmentBytes, bytesOf, packIntervals } from "../../src/graph/plan/memory.ts";
import { type Plan, planProgram } from "../../src/graph/plan/plan.ts";
import { propertyRuns } from "../support/long.ts";
import { buildProgram, recipes } from "../support/random-graphs.ts";

/** Counters and constants have no place of their own unless a kernel writes them into one. */
const isNamedLeaf = (tensor: g.Tensor): boolean => g.isLeaf(tensor) && tensor.name !== undefined;

/** Where temporaries lie, and how many bytes there are: those that threads share, and those that each has for itself. */
const regionsOf = (plan: Plan) =>
  [
    [plan.arena, plan.arenaBytes],
    [plan.perThread, plan.perThreadBytes],
  ] as const;

/**
 * Runs a plan without numbers: memory holds, for each byte of temporaries and for each other place, whose value lies there.
 * Fails where a kernel reads a place that holds something else than the value it means.
 */
function simulate(plan: Plan, program: g.Program): void {
  const regions = regionsOf(plan).map(([places, bytes]) => ({ places, held: new Array<g.Tensor | undefined>(bytes) }));
  // What a leaf holds: undefined as before the run, else the tensor that was written over it.
  const leaves = new Map<g.Tensor, g.Tensor>();
  const own = new Set<g.Tensor>();
  const regionOf = (tensor: g.Tensor) => {
    const found = regions.find(({ places }) => places.has(tensor));
    if (!found) return undefined;
    const start = found.places.get(tensor)!;
    return { held: found.held, start, end: start + bytesOf(tensor) };
  };
  const check = (tensor: g.Tensor, where: string): void => {
    if (g.isLeaf(tensor, "constant")) return;
    const home = plan.inPlace.get(tensor);
    const region = regionOf(tensor);
    if (home) expect(leaves.get(home), `${where}: '${home.name}' holds what is read`).toBe(tensor);
    else if (region) {
      const { held, start, end } = region;
      expect(end).toBeLessThanOrEqual(held.length);
      for (let i = start; i < end; i++) if (held[i] !== tensor) expect.fail(`${where}: byte ${i} holds another tensor`);
    } else if (isNamedLeaf(tensor)) {
      expect(leaves.get(tensor), `${where}: '${tensor.name}' is read as it was before the run`).toBeUndefined();
    } else expect(own.has(tensor), `${where}: an output is read after it was written`).toBe(true);
  };
  plan.steps.forEach(({ kernel }, number) => {
    const where = `kernel ${number}`;
    for (const { tensor } of readsOf(kernel)) check(tensor, where);
    for (const tensor of writesOf(kernel)) {
      const home = plan.inPlace.get(tensor);
      const region = regionOf(tensor);
      if (home) leaves.set(home, tensor);
      else if (region) region.held.fill(tensor, region.start, region.end);
      else if (isNamedLeaf(tensor)) leaves.set(tensor, isPlain(kernel) ? kernel.sources[0] : tensor);
      else own.add(tensor);
    }
  });
  for (const { state } of program.assignments) expect(leaves.has(state), `'${state.name}' is written`).toBe(true);
  for (const [name, tensor] of Object.entries(plan.outputs)) {
    const home = plan.inPlace.get(tensor);
    if (home) expect(leaves.get(home), `output ${name} is in its state at the end`).toBe(tensor);
    else if (!isNamedLeaf(tensor)) expect(own.has(tensor), `output ${name} is written`).toBe(true);
  }
}

describe("the plan of a random program", () => {
  test("reads only what is there: lifetimes that cross never share a byte, no state is overwritten before its readers", () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { program } = buildProgram(recipe);
        simulate(planProgram(program), program);
      }),
      propertyRuns(200, 3000),
    );
  });

  test("is the same each time", () => {
    const shape = (plan: Plan) =>
      JSON.stringify([plan.steps, [...plan.arena.values()], [...plan.own.values()], plan.arenaBytes, plan.ownBytes]);
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { program } = buildProgram(recipe);
        expect(shape(planProgram(program))).toBe(shape(planProgram(program)));
      }),
      propertyRuns(20, 300),
    );
  });
});

/** What each phase of a plan touches of a region. */
function placesByPhase(plan: Plan, places: Plan["arena"]): Map<number, Set<g.Tensor>> {
  const touched = new Map<number, Set<g.Tensor>>();
  for (const { kernel, phase } of plan.steps) {
    const set = touched.get(phase) ?? new Set();
    for (const tensor of [...readsOf(kernel).map((read) => read.tensor), ...writesOf(kernel)])
      if (places.has(tensor)) set.add(tensor);
    touched.set(phase, set);
  }
  return touched;
}

/** Phases come in order, and nothing that one of them touches shares a byte with anything else that it touches. */
function expectPhasesApart(plan: Plan): void {
  const phases = plan.steps.map(({ phase }) => phase);
  expect(phases).toEqual(phases.toSorted((a, b) => a - b));
  for (const [places] of regionsOf(plan)) {
    for (const set of placesByPhase(plan, places).values()) {
      const spans = [...set]
        .map((tensor) => [places.get(tensor)!, places.get(tensor)! + bytesOf(tensor)] as const)
        .sort((a, b) => a[0] - b[0]);
      // Two may share a place as a whole: one is read where, and before, the other is written.
      spans.slice(1).forEach(([start, end], i) => {
        const [otherStart, otherEnd] = spans[i]!;
        if (start !== otherStart || end !== otherEnd) expect(start).toBeGreaterThanOrEqual(otherEnd);
      });
    }
  }
}

describe("the phases of a random program", () => {
  test("come in order, and nothing that one of them touches shares a byte with anything else that it touches", () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        expectPhasesApart(planProgram(buildProgram(recipe).program));
      }),
      propertyRuns(100, 2000),
    );
  });

  test("of a plain network are two: rows of the batch, then parameters", () => {
    const x = g.input("x", [64, 20]);
    const [w1, w2] = [g.parameter("w1", [20, 30]), g.parameter("w2", [30, 12])];
    const output = g.matmul(g.relu(g.matmul(x, w1)), w2);
    const loss = g.mean(g.sum(g.mul(output, output), 1));
    const gradients = g.differentiate(loss, [w1, w2]);
    const plan = planProgram({ outputs: {}, assignments: [w1, w2].map((w, i) => g.assign(w, g.sub(w, gradients[i]!))) });
    expect(new Set(plan.steps.map(({ phase }) => phase))).toEqual(new Set([0, 1]));
  });
});

/** Layers of products whose columns are normalised over the rows, with running means and an update of everything. */
function normalised(rows: number, widths: readonly number[]): g.Program {
  const assignments: g.Assignment[] = [];
  const parameters: g.Tensor[] = [];
  const parameter = (name: string, shape: readonly number[]) => {
    const made = g.parameter(name, shape);
    parameters.push(made);
    return made;
  };
  let x = g.input("x", [rows, widths[0]!]);
  widths.slice(1).forEach((width, layer) => {
    const product = g.matmul(x, parameter(`w${layer}`, [widths[layer]!, width]));
    const mean = g.mean(product, 0);
    const fixed = g.sub(product, g.stopGradient(mean));
    const scale = g.div(parameter(`gamma${layer}`, [width]), g.sqrt(g.add(g.mean(g.mul(fixed, fixed), 0), 1e-5)));
    const running = g.state(`mean${layer}`, [width]);
    assignments.push(g.assign(running, g.add(g.mul(running, 0.9), g.mul(mean, 0.1))));
    x = g.relu(g.add(g.mul(g.sub(product, mean), scale), parameter(`beta${layer}`, [width])));
  });
  const loss = g.mean(g.mul(x, x));
  const gradients = g.differentiate(loss, parameters);
  const updates = parameters.map((one, i) => g.assign(one, g.sub(one, g.mul(gradients[i]!, 0.1))));
  return { outputs: { loss }, assignments: [...assignments, ...updates] };
}

describe("sums over rows that return to the rows", () => {
  test("are taken in blocks of equal size, of at least 32 rows", () => {
    for (const rows of [32, 48, 64, 100, 128, 250, 1000]) {
      const blocks = blocksOf(rows);
      expect(rows % blocks, `${rows} rows`).toBe(0);
      expect(blocks).toBeGreaterThanOrEqual(8);
      expect(blocks).toBeLessThanOrEqual(16);
    }
    for (const rows of [1, 16, 31, 37, 127]) expect(blocksOf(rows)).toBe(1);
  });

  test("are found: statistics of columns, but neither a gradient nor what is reduced along rows", () => {
    const program = normalised(64, [5, 7]);
    const sums = returningSums(g.programOrder(program));
    // The mean, the variance, and on the way back those of the gradient and of the gradient times what is centred.
    expect(sums.size).toBe(4);
    const x = g.input("x", [64, 5]);
    const softmax = g.div(g.exp(x), g.sum(g.exp(x), 1, { keepDims: true }));
    expect(returningSums(g.programOrder({ outputs: { softmax, sum: g.sum(x, 0) }, assignments: [] })).size).toBe(0);
  });

  test("meet twice forward and once back for each layer, and once for the last weights", () => {
    for (const layers of [1, 2, 3]) {
      const plan = planProgram(normalised(64, [12, ...new Array<number>(layers).fill(20)]));
      const phases = new Set(plan.steps.map(({ phase }) => phase));
      expect(phases.size - 1, `${layers} layers`).toBe(3 * layers + 1);
    }
  });

  test("reads only what is there, whatever the rows and columns are", () => {
    const widths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 140 }), widths, (rows, sizes) => {
        const program = normalised(rows, sizes);
        const plan = planProgram(program);
        simulate(plan, program);
        expectPhasesApart(plan);
        // What each thread has for itself, no single one writes.
        for (const { kernel, partition } of plan.steps)
          for (const tensor of writesOf(kernel)) expect(plan.perThread.has(tensor)).toBe(partition.by === "each");
      }),
      propertyRuns(60, 1000),
    );
  });
});

describe("packIntervals", () => {
  const intervals = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 1000 }), first: fc.nat(20), length: fc.nat(8) }), {
    maxLength: 30,
  });

  test("intervals that cross do not overlap, starts are aligned, the end is the largest end", () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const made = list.map(({ bytes, first, length }, i) => ({
          tensor: g.state(`t${i}`, [1]),
          bytes,
          first,
          last: first + length,
        }));
        const { offsets, bytes } = packIntervals(made);
        const placed = made.map((one) => ({
          ...one,
          start: offsets.get(one.tensor)!,
          end: offsets.get(one.tensor)! + one.bytes,
        }));
        for (const one of placed) {
          expect(one.start % alignmentBytes).toBe(0);
          expect(one.end).toBeLessThanOrEqual(bytes);
          for (const other of placed) {
            if (one === other || one.last < other.first || other.last < one.first) continue;
            expect(
              one.end <= other.start || other.end <= one.start,
              `[${one.start}, ${one.end}) and [${other.start}, ${other.end})`,
            ).toBe(true);
          }
        }
      }),
      propertyRuns(200, 5000),
    );
  });

  test("places are used again after their last reader", () => {
    const list = [0, 1, 2, 3].map((i) => ({ tensor: g.state(`t${i}`, [16]), bytes: 64, first: 2 * i, last: 2 * i + 1 }));
    expect(packIntervals(list).bytes).toBe(64);
  });
});

describe("fusion", () => {
  const kinds = (program: g.Program) => planProgram(program).steps.map(({ kernel }) => kernel.kind);
  const x = g.input("x", [8, 4]);
  const w = g.parameter("w", [4, 6]);
  const b = g.parameter("b", [6]);

  test("an affine layer with its activation is one product", () => {
    expect(kinds({ outputs: { y: g.relu(g.add(g.matmul(x, w), b)) }, assignments: [] })).toEqual(["matmul"]);
  });

  test("softmax is one pass over rows", () => {
    const shifted = g.exp(g.sub(x, g.max(x, 1, { keepDims: true })));
    expect(kinds({ outputs: { y: g.div(shifted, g.sum(shifted, 1, { keepDims: true })) }, assignments: [] })).toEqual(["rows"]);
  });

  test("an update that reads its state only where it writes it happens in place", () => {
    const plan = planProgram({ outputs: {}, assignments: [g.assign(w, g.sub(w, g.mul(w, 0.1)))] });
    expect(plan.steps.map(({ kernel }) => kernel.kind)).toEqual(["rows"]);
    expect([...plan.inPlace.values()]).toEqual([w]);
  });

  test("a product that reads a state does not write it in place", () => {
    const square = g.parameter("square", [4, 4]);
    const plan = planProgram({ outputs: {}, assignments: [g.assign(square, g.matmul(square, square))] });
    expect(plan.steps.map(({ kernel }) => kernel.kind)).toEqual(["pack", "matmul", "copy"]);
  });
});

describe("canonicalProgram", () => {
  test("what only stops gradients is gone", () => {
    const x = g.input("x", [3]);
    const { y } = canonicalProgram({ outputs: { y: g.exp(g.stopGradient(x)) }, assignments: [] }).outputs;
    expect(y!.inputs).toEqual([x]);
  });

  test("what is written twice is computed once", () => {
    const x = g.input("x", [3]);
    const order = g.programOrder(canonicalProgram({ outputs: { y: g.mul(g.exp(x), g.add(g.exp(x), 2)) }, assignments: [] }));
    expect(order.filter(({ primitive }) => primitive.name === "exp")).toHaveLength(1);
  });

  test.each([
    ["infinities of both signs", Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["infinity and NaN", Number.POSITIVE_INFINITY, Number.NaN],
    ["both zeros", 0, -0],
  ])("constants that differ stay apart: %s", (_, one, other) => {
    const x = g.input("x", [3]);
    const program = { outputs: { a: g.maximum(x, one), b: g.maximum(x, other) }, assignments: [] };
    const { a, b } = canonicalProgram(program).outputs as Record<string, g.Tensor>;
    expect(a!.inputs[1]!.attributes.value).toBe(one);
    expect(b!.inputs[1]!.attributes.value).toBe(other);
  });
});
