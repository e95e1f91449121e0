import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillIntegers, foldIn, permutation, randomKey } from "../../src/core/random.ts";
import { type BatchPlan, batchPlan, sequentialBatches } from "../../src/data/batches.ts";
import { raised } from "./raised.ts";

const sizes = fc.record({ n: fc.integer({ min: 1, max: 120 }), size: fc.integer({ min: 1, max: 150 }), seed: fc.nat() });
/** Rows that are not 0 ... n - 1, so that a plan which forgets to look them up is caught. */
const oddRows = (n: number) => Uint32Array.from({ length: n }, (_, i) => 3 * i + 100);
const orders = ["epochs", "withReplacement"] as const;

function batch(plan: BatchPlan, step: number): number[] {
  const rows = new Int32Array(plan.sizeOf(step) + 2).fill(-7);
  const count = plan.fill(step, rows);
  expect(count).toBe(plan.sizeOf(step));
  expect([...rows.subarray(count)]).toEqual([-7, -7]);
  return [...rows.subarray(0, count)];
}
const epoch = (plan: BatchPlan, e: number) =>
  Array.from({ length: plan.stepsPerEpoch }, (_, i) => batch(plan, e * plan.stepsPerEpoch + i)).flat();
const ascending = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

describe("batches in epochs", () => {
  test("every row exactly once in each epoch, whatever the sizes", () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 1000 }), ({ n, size, seed }, e) => {
        const plan = batchPlan({ rows: oddRows(n), size, order: "epochs", key: randomKey(seed) });
        expect(ascending(epoch(plan, e))).toEqual([...oddRows(n)]);
      }),
    );
  });

  test("the order is the one that the header documents, so that old runs can be resumed", () => {
    const plan = batchPlan({ rows: oddRows(10), size: 4, order: "epochs", key: randomKey(1) });
    const order = permutation(foldIn(randomKey(1), "epoch", 2), 10);
    expect(epoch(plan, 2)).toEqual([...order].map((i) => 3 * i + 100));
  });

  test("only the last batch of an epoch is smaller", () => {
    const plan = batchPlan({ rows: oddRows(10), size: 4, order: "epochs", key: randomKey(1) });
    expect(plan.stepsPerEpoch).toBe(3);
    expect([0, 1, 2, 3, 4, 5, 6].map(plan.sizeOf)).toEqual([4, 4, 2, 4, 4, 2, 4]);
    expect([0, 1, 2, 3, 4, 5, 6].map(plan.epochOf)).toEqual([0, 0, 0, 1, 1, 1, 2]);
    const even = batchPlan({ rows: oddRows(8), size: 4, order: "epochs", key: randomKey(1) });
    expect([0, 1, 2].map(even.sizeOf)).toEqual([4, 4, 4]);
  });

  test("a batch size above the number of rows is one batch of them all", () => {
    const plan = batchPlan({ rows: oddRows(5), size: 64, order: "epochs", key: randomKey(1) });
    expect([plan.stepsPerEpoch, plan.sizeOf(0), plan.epochOf(7)]).toEqual([1, 5, 7]);
    expect(ascending(batch(plan, 7))).toEqual([...oddRows(5)]);
  });

  test("each epoch has an order of its own, and none is the order given", () => {
    const plan = batchPlan({ rows: oddRows(100), size: 10, order: "epochs", key: randomKey(1) });
    const seen = new Set([oddRows(100).join(), ...[0, 1, 2, 3].map((e) => epoch(plan, e).join())]);
    expect(seen.size).toBe(5);
  });
});

describe("batches with replacement", () => {
  test("every batch is full and of the rows given", () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 10_000 }), ({ n, size, seed }, step) => {
        const plan = batchPlan({ rows: oddRows(n), size, order: "withReplacement", key: randomKey(seed) });
        expect(plan.stepsPerEpoch).toBe(Math.ceil(n / size));
        const drawn = batch(plan, step);
        expect(drawn.length).toBe(size);
        const allowed = new Set(oddRows(n));
        expect(drawn.every((row) => allowed.has(row))).toBe(true);
      }),
    );
  });

  test("the draws are the ones that the header documents, so that old runs can be resumed", () => {
    const plan = batchPlan({ rows: oddRows(10), size: 4, order: "withReplacement", key: randomKey(1) });
    const draws = new Int32Array(4);
    fillIntegers(foldIn(randomKey(1), "draws"), 7 * 4, 10, draws);
    expect(batch(plan, 7)).toEqual([...draws].map((i) => 3 * i + 100));
  });

  test("rows come equally often, and rows of one batch may repeat", () => {
    const plan = batchPlan({ rows: oddRows(10), size: 100, order: "withReplacement", key: randomKey(4) });
    const counts = new Map<number, number>();
    for (let step = 0; step < 200; step++) for (const row of batch(plan, step)) counts.set(row, (counts.get(row) ?? 0) + 1);
    expect(counts.size).toBe(10);
    // 20,000 draws with p = 1/10: mean 2000, standard deviation sqrt(20000 * 0.1 * 0.9) = 42.4; here 5 of them.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(5 * 42.4);
  });

  test("no batch is another one again", () => {
    const plan = batchPlan({ rows: oddRows(1000), size: 8, order: "withReplacement", key: randomKey(4) });
    expect(new Set(Array.from({ length: 500 }, (_, step) => batch(plan, step).join())).size).toBe(500);
  });
});

describe.each(orders)("batches of a resumed run (%s)", (order) => {
  test("a step gives the same rows in any order of asking and from a new plan", () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 30 }), ({ n, size, seed }, steps) => {
        const make = () => batchPlan({ rows: oddRows(n), size, order, key: randomKey(seed) });
        const running = make();
        const inOrder = Array.from({ length: 41 }, (_, step) => batch(running, step));
        const jumping = make();
        for (const step of steps) {
          expect(batch(jumping, step)).toEqual(inOrder[step]);
          expect(batch(make(), step)).toEqual(inOrder[step]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("another key gives other batches", () => {
    const first = (seed: number) => batch(batchPlan({ rows: oddRows(1000), size: 20, order, key: randomKey(seed) }), 3);
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  test("two runs side by side do not disturb each other", () => {
    const make = (seed: number) => batchPlan({ rows: oddRows(50), size: 7, order, key: randomKey(seed) });
    const [a, b, alone] = [make(1), make(2), make(1)];
    for (let step = 0; step < 30; step++) {
      batch(b, step);
      expect(batch(a, step)).toEqual(batch(alone, step));
    }
  });

  test("steps far into a run work", () => {
    const plan = batchPlan({ rows: oddRows(60000), size: 128, order, key: randomKey(1) });
    const far = [1e8, 1e8 + 1].map((step) => batch(plan, step));
    expect(far[0]).not.toEqual(far[1]);
    expect(far.flat().every((row) => row >= 100 && row < 180_100)).toBe(true);
  });
});

describe("sequentialBatches", () => {
  test("gives the rows in order, from a number or from row numbers", () => {
    const plan = sequentialBatches(7, 3);
    expect([plan.stepsPerEpoch, batch(plan, 0), batch(plan, 1), batch(plan, 2)]).toEqual([3, [0, 1, 2], [3, 4, 5], [6]]);
    expect(batch(plan, 3)).toEqual([0, 1, 2]);
    fc.assert(
      fc.property(sizes, ({ n, size }) => {
        expect(epoch(sequentialBatches(n, size), 0)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(epoch(sequentialBatches(oddRows(n), size), 2)).toEqual([...oddRows(n)]);
      }),
    );
  });
});

describe("batches say what is wrong", () => {
  const key = randomKey(1);
  const plans: [string, (n: number, size: number) => BatchPlan][] = [
    ...orders.map((order): [string, (n: number, size: number) => BatchPlan] => [
      order,
      (n, size) => batchPlan({ rows: oddRows(n), size, order, key }),
    ]),
    ["sequential", sequentialBatches],
  ];
  test.each(plans)("%s", (_, make) => {
    expect(raised(() => make(0, 5))).toContain("DataError E_DATA_EMPTY: batches need at least one row to draw from, received 0");
    for (const size of [0, -1, 2.5, Number.NaN]) {
      expect(raised(() => make(10, size))).toContain(
        `DataError E_DATA_BATCH_SIZE: the batch size must be an integer >= 1, received ${size}`,
      );
    }
    const plan = make(10, 5);
    for (const step of [-1, 0.5, Number.NaN]) {
      const message = `DataError E_DATA_STEP: a step must be an integer >= 0, received ${step}`;
      expect(raised(() => plan.fill(step, new Int32Array(5)))).toContain(message);
      expect(raised(() => plan.sizeOf(step))).toContain(message);
      expect(raised(() => plan.epochOf(step))).toContain(message);
    }
    expect(raised(() => plan.fill(0, new Int32Array(4)))).toContain(
      "DataError E_DATA_BATCH_ROOM: the batch has 5 rows, the array to fill has room for 4",
    );
  });
});

test("sequential batches take the rows as they come, in every epoch", () => {
  const rows = Uint32Array.of(7, 3, 9, 1, 4);
  const plan = batchPlan({ rows, size: 2, order: "sequential", key: randomKey(1) });
  const out = new Int32Array(2);
  const taken = [0, 1, 2, 3].map((step) => [...out.subarray(0, plan.fill(step, out))]);
  expect(taken).toEqual([[7, 3], [9, 1], [4], [7, 3]]);
});
