/**
 * Augmentation: images that are learned from are changed at random, each time they come by, in ways that leave what they show the
 * same. Validation and test images stay as they are.
 *
 * Choice   What is drawn depends on the seed, the step and the place in its batch alone, so a run that goes on draws the same.
 * Choice   Pixels that come in from outside are 0, black.
 */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import { Augmenter, type ImageChange, type ImageShape } from "./apply.ts";

export type { ImageShape } from "./apply.ts";

export interface AugmentationDefinition extends Definition, ImageChange {
  /** What applies a chain of them: each definition brings it, so that who changes no images does without. @internal */
  readonly chain: typeof Augmenter;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<AugmentationDefinition, "options" | "apply" | "chain" | "examples"> {
  readonly options: S;
  apply(image: Float32Array, out: Float32Array, shape: ImageShape, draw: () => number, options: OptionValues<S>): void;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** An augmentation of one's own: how images are changed at random while they are learned from. */
export function defineAugmentation<const S extends OptionSpecs>(definition: Written<S>): AugmentationDefinition & Chooser<S> {
  return choosable<AugmentationDefinition, S>("augmentation", {
    ...definition,
    chain: Augmenter,
  } as unknown as AugmentationDefinition);
}

/** Copies a part of an image, moved by whole pixels; the rest of `out` becomes 0. */
export function moved(
  image: Float32Array,
  out: Float32Array,
  { height, width, channels }: ImageShape,
  right: number,
  down: number,
): void {
  out.fill(0);
  const first = Math.max(0, right);
  const last = Math.min(width, width + right);
  if (last <= first) return;
  for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
    const from = ((y - down) * width + first - right) * channels;
    out.set(image.subarray(from, from + (last - first) * channels), (y * width + first) * channels);
  }
}
