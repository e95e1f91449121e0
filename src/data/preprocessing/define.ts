/**
 * Preprocessing: what is done to the inputs before a model sees them. Fitted on the rows that are learned from, and applied alike
 * to all others, then and at prediction.
 *
 * Choice   All of it is float64; the result is rounded to float32 once, at the end of the chain.
 * Choice   What was fitted is plain data: lists of numbers, which JSON keeps to the bit, and a Float64Array where there are many.
 */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";

/** The rows that preprocessing is fitted on, as the steps before it leave them. */
export interface Examples {
  /** Shape of one example. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Names of the features, where they have some. */
  readonly names?: readonly string[] | undefined;
  /** Which features are 1 for a category and 0 for the others. */
  readonly indicators?: readonly boolean[] | undefined;
  /** Goes through all rows in order, some at a time, one after the other in `values`, which is valid during the call. */
  forEachBlock(visit: (values: Float64Array, rows: number) => void): void;
}

/** What fitting found. */
export type PreprocessingState = Readonly<Record<string, readonly number[] | Float64Array>>;

/** What a preprocessing step has learned from the training rows. */
export interface Fitted<State = PreprocessingState> {
  readonly state: State;
  /** What a person should know, such as columns that do not vary. */
  readonly warnings: readonly string[];
}

export interface PreprocessingDefinition extends Definition {
  /** @throws DataError  the examples do not suit it: they are no images, or have too many features */
  fit(examples: Examples, options: Readonly<Record<string, unknown>>): Fitted;
  /** Some rows, one after the other; the result may be the same array, changed. Each row by itself: its neighbours do not matter. */
  apply(values: Float64Array, rows: number, state: PreprocessingState): Float64Array;
  /** Shape of an example afterwards; as before where it is not said. */
  outputShape?(shape: readonly number[], state: PreprocessingState): readonly number[];
  /** Options, and the shape of an example, that tests and documentation use. */
  readonly examples: readonly { readonly options: Readonly<Record<string, unknown>>; readonly input: readonly number[] }[];
}

interface Written<S extends OptionSpecs, State extends PreprocessingState>
  extends Omit<PreprocessingDefinition, "options" | "fit" | "apply" | "outputShape" | "examples"> {
  readonly options: S;
  fit(examples: Examples, options: OptionValues<S>): Fitted<State>;
  apply(values: Float64Array, rows: number, state: State): Float64Array;
  outputShape?(shape: readonly number[], state: State): readonly number[];
  readonly examples: readonly { readonly options: Partial<OptionValues<S>>; readonly input: readonly number[] }[];
}

/** A preprocessing step of one's own. What it fits is kept with the model, and applied alike at prediction. */
export function definePreprocessing<const S extends OptionSpecs, State extends PreprocessingState>(
  definition: Written<S, State>,
): PreprocessingDefinition & Chooser<S> {
  return choosable<PreprocessingDefinition, S>("preprocessing", definition as unknown as PreprocessingDefinition);
}
