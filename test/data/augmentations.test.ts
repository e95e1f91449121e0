/** Augmentation: what each does to an image, and that what is drawn depends on seed, step and place alone. */
import { describe, expect, test } from "vitest";
import { randomKey, uniformAt } from "../../src/core/random.ts";
import { Augmenter } from "../../src/data/augmentations/apply.ts";
import { cutout, flip, rotate, shift } from "../../src/data/augmentations/definitions.ts";
import { type AugmentationDefinition, augmentations } from "../../src/data/augmentations/index.ts";
import type { Table } from "../../src/data/dataset.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import type { Options } from "../../src/testing/check.ts";
import { resolved } from "../../src/testing/options.ts";
import { augmentationContract } from "../../src/testing.ts";
import { Session } from "../../src/train/session.ts";
import { holds } from "../contracts/holds.ts";
import { blobs, pictures, runOf } from "../train/toy.ts";
import { raised } from "./raised.ts";

const shape = { height: 3, width: 4, channels: 2 };
const image = Float32Array.from({ length: 24 }, (_, i) => i + 1);
/** The image after one augmentation, with these draws. */
function changed(definition: AugmentationDefinition, options: Options, draws: readonly number[]): number[] {
  const out = new Float32Array(24).fill(Number.NaN);
  let i = 0;
  definition.apply(image, out, shape, () => draws[i++]!, resolved(definition, options));
  expect(i, "all draws are used, and no more").toBe(draws.length);
  return [...out];
}
const at = (values: readonly number[], x: number, y: number) => values.slice((y * 4 + x) * 2, (y * 4 + x) * 2 + 2);

for (const definition of augmentations.all) holds(`augmentation '${definition.name}'`, augmentationContract(definition));

describe("shift", () => {
  test("moves by whole pixels, black comes in", () => {
    // floor(0.99 * 5) - 2 = 2 right, floor(0.3 * 5) - 2 = -1, up.
    const out = changed(shift, {}, [0.99, 0.3]);
    expect(at(out, 2, 0)).toEqual(at([...image], 0, 1));
    expect(at(out, 3, 1)).toEqual(at([...image], 1, 2));
    expect([...at(out, 0, 0), ...at(out, 1, 1), ...at(out, 3, 2)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(changed(shift, {}, [0.5, 0.5])).toEqual([...image]);
    expect(changed(shift, { pixels: 9 }, [0, 0])).toEqual(Array(24).fill(0));
  });
});

test("flip mirrors whole pixels, twice gives the image again", () => {
  const across = changed(flip, {}, [0.49]);
  expect(at(across, 0, 1)).toEqual(at([...image], 3, 1));
  const over = changed(flip, { axis: "vertical" }, [0.1]);
  expect(at(over, 1, 0)).toEqual(at([...image], 1, 2));
  expect(changed(flip, {}, [0.5])).toEqual([...image]);
});

test("rotate by 180 degrees mirrors both ways, by 0 changes nothing; what is black stays black", () => {
  const half = changed(rotate, { degrees: 180 }, [1]);
  for (const [x, y] of [
    [0, 0],
    [3, 1],
    [1, 2],
  ] as const)
    at(half, x, y).forEach((value, c) => {
      expect(value).toBeCloseTo(at([...image], 3 - x, 2 - y)[c]!, 4);
    });
  changed(rotate, { degrees: 30 }, [0.5]).forEach((value, i) => {
    expect(value).toBeCloseTo(image[i]!, 5);
  });
  // A quarter turn, clockwise, of a square: the top row becomes the right column.
  const square = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const out = new Float32Array(9);
  rotate.apply(square, out, { height: 3, width: 3, channels: 1 }, () => 1, resolved(rotate, { degrees: 90 }));
  [7, 4, 1, 8, 5, 2, 9, 6, 3].forEach((value, i) => {
    expect(out[i]).toBeCloseTo(value, 4);
  });
});

test("cutout blackens a square, cut off at the border", () => {
  // The middle at floor(0.3 * 4) = 1, floor(0.99 * 3) = 2; a square of 3 from (0, 1) on.
  const out = changed(cutout, { size: 3 }, [0.3, 0.99]);
  const black = Array.from({ length: 12 }, (_, i) => at(out, i % 4, Math.floor(i / 4))).map(([a]) => (a === 0 ? 1 : 0));
  expect(black).toEqual([0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0]);
});

describe("batches", () => {
  const table: Table = {
    values: Uint8Array.from({ length: 5 * 12 }, (_, i) => 4 * i),
    shape: [3, 4],
    count: 5,
    scale: 1 / 255,
  };
  const steps = [shift, flip, rotate].map((definition) => ({ definition, options: resolved(definition, {}) }));
  const batch = (step: number, first: number, rows: readonly number[]) => {
    const out = new Float32Array(rows.length * 12);
    new Augmenter(steps, table, randomKey(3)).fill(step, first, rows, rows.length, out);
    return [...out];
  };
  test("depend on seed, step and place alone: in pieces, in any order, again", () => {
    const whole = batch(7, 0, [4, 0, 2, 2]);
    expect(batch(7, 0, [4, 0, 2, 2])).toEqual(whole);
    expect([...batch(7, 0, [4, 0]), ...batch(7, 2, [2, 2])]).toEqual(whole);
    expect(whole.slice(24, 36)).not.toEqual(whole.slice(36));
    expect(batch(8, 0, [4, 0, 2, 2])).not.toEqual(whole);
    const augmenter = new Augmenter(steps, table, randomKey(3));
    const out = new Float32Array(48);
    augmenter.fill(8, 0, [1, 1, 1, 1], 4, out);
    augmenter.fill(7, 0, [4, 0, 2, 2], 4, out);
    expect([...out]).toEqual(whole);
  });
  test("every draw is in [0, 1)", () => {
    const seen: number[] = [];
    const spy = { ...shift, apply: (...[, , , draw]: Parameters<typeof shift.apply>) => seen.push(draw()) } as never;
    new Augmenter([{ definition: spy, options: {} }], table, randomKey(1)).fill(0, 0, [0, 1, 2], 3, new Float32Array(36));
    expect(seen).toHaveLength(3);
    for (const value of seen) expect(value >= 0 && value < 1).toBe(true);
    expect(uniformAt(randomKey(1), 0)).toBeLessThan(1);
  });
});

test("training sees changed images, evaluation does not; without it the bits are those of before", () => {
  const data = pictures({ count: 60, side: 8, classes: 3 });
  const run = (augmentation: readonly string[]) => {
    const document = {
      validation: 20,
      augmentation,
      model: [{ kind: "dense", units: 3 }],
      training: { batchSize: 10, epochs: 1 },
    };
    const session = new Session(runOf(document), data, { engine: wasmEngine });
    const before = session.evaluate("validation");
    const { loss } = session.step(0);
    return { before, loss, session };
  };
  const [plain, shifted] = [run([]), run(["shift"])];
  expect(shifted.before).toEqual(plain.before);
  expect(shifted.loss).not.toBe(plain.loss);
});

test("examples that are no images are refused", () => {
  const data = blobs({ count: 30, classes: 3, features: 4 });
  expect(raised(() => new Session(runOf({ augmentation: ["flip"] }), data, { engine: wasmEngine }))).toMatch(
    /E_DATA_NO_IMAGES: augmentation 'flip' .*\[4\]/,
  );
  expect(raised(() => runOf({ augmentation: "flip" as never }))).toContain("augmentation: expected a list of augmentation steps");
});
