/** The contract of augmentations. */
import { foldIn, randomKey, uniformAt } from "../core/random.ts";
import type { AugmentationDefinition, ImageShape } from "../data/augmentations/define.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { expectSameBits } from "./close.ts";
import { optionChecks, resolved } from "./options.ts";

/** Grey and coloured, with and without a middle, and a single pixel. */
const shapes: readonly ImageShape[] = [
  { height: 8, width: 8, channels: 1 },
  { height: 5, width: 9, channels: 3 },
  { height: 1, width: 1, channels: 2 },
];
/** Uniform numbers that an image may take: what an `Augmenter` has for a whole chain. */
const mostDraws = 64;

/** Pixels in [0.1, 0.9]: what comes in from outside, 0, is not among them. */
function picture({ height, width, channels }: ImageShape, seed: number): Float32Array {
  const key = foldIn(randomKey(seed), "picture");
  return Float32Array.from({ length: height * width * channels }, (_, i) => 0.1 + 0.8 * uniformAt(key, i));
}

function changed(definition: AugmentationDefinition, options: Options, shape: ImageShape, seed: number, before = 0) {
  const image = picture(shape, 1);
  const given = image.slice();
  // What lay in the result before must not matter.
  const out = new Float32Array(image.length).fill(before);
  const key = foldIn(randomKey(seed), "draws");
  let drawn = 0;
  definition.apply(image, out, shape, () => uniformAt(key, drawn++), options);
  return { image, given, out, drawn };
}

/**
 * What every augmentation must do: fill an image of the same shape with finite numbers that lie between those of the old one and 0,
 * whatever the shape; leave the old one as it is; draw the same for the same random numbers, and not too many of them; and change
 * something, sooner or later.
 */
export function augmentationContract(definition: AugmentationDefinition): Check[] {
  const checks = (given: Options): Check[] => {
    const options = resolved(definition, given);
    const each = (run: (shape: ImageShape, seed: number, where: string) => void) => {
      for (const shape of shapes)
        for (let seed = 1; seed <= 20; seed++)
          run(shape, seed, `${shape.height} x ${shape.width} x ${shape.channels}, draw ${seed}`);
    };
    return [
      {
        name: "gives finite pixels, none beyond those of the image and black",
        run() {
          each((shape, seed, where) => {
            const { image, out } = changed(definition, options, shape, seed, Number.NaN);
            const most = Math.max(...image);
            for (const [i, value] of out.entries())
              hold(value >= 0 && value <= most * (1 + 1e-6), `${where}: pixel ${i} is ${value}, and the image has [0, ${most}]`);
          });
        },
      },
      {
        name: "leaves the image that it is given as it is",
        run() {
          each((shape, seed, where) => {
            const { image, given: before } = changed(definition, options, shape, seed);
            expectSameBits(image, before, where);
          });
        },
      },
      {
        name: "draws the same for the same random numbers, at most 64 of them",
        run() {
          each((shape, seed, where) => {
            const [first, again] = [changed(definition, options, shape, seed), changed(definition, options, shape, seed, 7)];
            expectSameBits(first.out, again.out, where);
            holdSame(first.drawn, again.drawn, `${where}: numbers drawn`);
            hold(first.drawn <= mostDraws, `${where}: an image has ${mostDraws} random numbers, and ${first.drawn} were drawn`);
          });
        },
      },
      {
        name: "changes some images",
        run() {
          const [shape] = shapes as [ImageShape];
          const isChanged = (seed: number) => {
            const { image, out } = changed(definition, options, shape, seed);
            return out.some((value, i) => value !== image[i]);
          };
          hold(
            Array.from({ length: 50 }, (_, i) => i + 1).some(isChanged),
            "of 50 images none was changed: the augmentation does nothing",
          );
        },
      },
    ].map(({ name, run }) => ({ name: `with ${JSON.stringify(given)}, ${name}`, run }));
  };
  return [...optionChecks("augmentation", definition, definition.examples), ...definition.examples.flatMap(checks)];
}
