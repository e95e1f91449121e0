/** Batches of changed images, as a training step takes them. */
import { DataError } from "../../core/errors.ts";
import { foldNumber, type RandomKey, uniformAt } from "../../core/random.ts";
import type { Table } from "../dataset.ts";
import { exampleSize } from "../dataset.ts";

/** Pixels row by row, `channels` numbers each. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How one image becomes another. */
export interface ImageChange {
  readonly name: string;
  /**
   * Makes another image of one.
   *
   * @param draw  the next uniform random number in [0, 1)
   * @param out   takes the result; another array than `image`
   */
  apply(
    image: Float32Array,
    out: Float32Array,
    shape: ImageShape,
    draw: () => number,
    options: Readonly<Record<string, unknown>>,
  ): void;
}

/** An augmentation, its name resolved and its options complete. */
export interface ChosenAugmentation {
  readonly definition: ImageChange;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Random numbers of an image: more than any chain of augmentations draws. */
const drawsPerImage = 64;

export class Augmenter {
  private readonly steps: readonly ChosenAugmentation[];
  private readonly table: Table;
  private readonly key: RandomKey;
  private readonly shape: ImageShape;
  private readonly size: number;
  private readonly words = new Int32Array(2);
  private from: Float32Array;
  private to: Float32Array;

  /**
   * @param key  of the run's augmentation
   * @throws DataError  E_DATA_NO_IMAGES: the examples are no images
   */
  constructor(steps: readonly ChosenAugmentation[], table: Table, key: RandomKey) {
    const [height = 0, width = 0, channels = 1] = table.shape;
    if (table.shape.length < 2 || table.shape.length > 3) {
      throw new DataError("E_DATA_NO_IMAGES", {
        message: `augmentation '${steps[0]!.definition.name}' changes images [height, width] or [height, width, channels], received examples of [${table.shape.join(", ")}]`,
        hint: "Leave the augmentation out.",
      });
    }
    this.steps = steps;
    this.table = table;
    this.key = key;
    this.shape = { height, width, channels };
    this.size = exampleSize(table.shape);
    this.from = new Float32Array(this.size);
    this.to = new Float32Array(this.size);
  }

  /**
   * Fills the inputs of a step.
   *
   * @param rows   of the table, `count` of them
   * @param first  place of the first of them among the examples of the step
   */
  fill(step: number, first: number, rows: ArrayLike<number>, count: number, out: Float32Array | Float64Array): void {
    const { table, size } = this;
    foldNumber(this.key, step, this.words);
    const key: RandomKey = { k0: this.words[0]! >>> 0, k1: this.words[1]! >>> 0 };
    for (let i = 0; i < count; i++) {
      let drawn = (first + i) * drawsPerImage;
      const draw = () => uniformAt(key, drawn++);
      const start = rows[i]! * size;
      for (let j = 0; j < size; j++) this.from[j] = table.values[start + j]! * table.scale;
      for (const { definition, options } of this.steps) {
        definition.apply(this.from, this.to, this.shape, draw, options);
        [this.from, this.to] = [this.to, this.from];
      }
      out.set(this.from, i * size);
    }
  }
}
