/** Layers: a forward formula over symbolic tensors, and the parameters that it asks for. */
import { type Chooser, type ComponentInput, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Fan, InitializerDefinition } from "../initializers/define.ts";

/** Training or evaluation: a choice made when a program is built. */
export type Mode = "training" | "evaluation";

/** An initializer with its options, its name already resolved. */
export interface ChosenInitializer {
  readonly definition: InitializerDefinition;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A layer of a model, its name resolved and its options complete. */
export interface ChosenLayer {
  readonly definition: LayerDefinition;
  /** Unique in the model; of a layer inside a block it begins with the block's: "residual1.dense1". */
  readonly name: string;
  /** Options of type "layers" hold ChosenLayers. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a layer gets to build with. */
export interface LayerContext {
  /** The layer's name in its model, such as "dense1". */
  readonly name: string;
  readonly mode: Mode;
  /** What the input comes from, for messages: "The layer before it, relu 'relu1', gives" */
  readonly before: string;
  /** A learned tensor of this layer. The same one each time the layer is built: programs share it. */
  parameter(
    name: string,
    shape: Shape,
    initializer: ChosenInitializer,
    fan: Fan,
    options?: { readonly isWeight?: boolean },
  ): Tensor;
  /** A tensor that is kept from step to step and not learned, such as a running mean; `initial` is what it starts with. */
  state(name: string, shape: Shape, initial: number): Tensor;
  /** What a state becomes when the step has ended. Only in training. */
  update(state: Tensor, value: Tensor): void;
  /**
   * The key of this layer's random numbers, an int32 input [2] that is another at each step: it depends on seed, layer and step
   * alone. The same tensor at each call. Only in training.
   */
  randomKey(): Tensor;
  /** What layers of this one make of a tensor, one after the other. */
  apply(layers: readonly ChosenLayer[], x: Tensor): Tensor;
}

/** What any layer of a document takes beside its own options. */
export interface LayerExtras {
  /** Unique in the model; by default its kind and a number, "dense2". */
  readonly name?: string;
  /** What its weights cost, in place of what the run says for all. */
  readonly penalty?: ComponentInput;
  /** Where its weights must lie, in place of what the run says for all. */
  readonly constraint?: ComponentInput;
}

/** A layer: a formula over a batch, and the parameters that it asks for. */
export interface LayerDefinition extends Definition {
  /** Input [batch, ...example] to output [batch, ...]. @throws ShapeError the input does not fit */
  build(input: Tensor, options: Readonly<Record<string, unknown>>, context: LayerContext): Tensor;
  /** Rows that a batch in training has at the least, for examples of this shape; 1 where it is not said. */
  fewestRows?(example: Shape, options: Readonly<Record<string, unknown>>): number;
  /** The ends that its output comes near and stays at, where it has such: a unit there is saturated. */
  readonly range?: readonly [number, number];
  /** Whether it looks at images, [height, width, channels]; others take an example as a row of features, or number by number. */
  readonly seesImages?: true;
  /** How it stands in a model's short description, such as "conv 5x5x30"; its name where it is not said, nothing where empty. */
  describe?(options: Readonly<Record<string, unknown>>): string;
  /** Options, and the shape of an example, that tests and documentation use. */
  readonly examples: readonly { readonly options: Readonly<Record<string, unknown>>; readonly input: Shape }[];
}

interface Written<S extends OptionSpecs>
  extends Omit<LayerDefinition, "options" | "build" | "fewestRows" | "describe" | "examples"> {
  readonly options: S;
  build(input: Tensor, options: OptionValues<S>, context: LayerContext): Tensor;
  fewestRows?(example: Shape, options: OptionValues<S>): number;
  describe?(options: OptionValues<S>): string;
  readonly examples: readonly { readonly options: Partial<OptionValues<S>>; readonly input: Shape }[];
}

/** A layer of one's own. Gradients, kernels and the check of its options follow from the formula. */
export function defineLayer<const S extends OptionSpecs>(definition: Written<S>): LayerDefinition & Chooser<S, LayerExtras> {
  return choosable<LayerDefinition, S, LayerExtras>("layer", definition as unknown as LayerDefinition);
}
