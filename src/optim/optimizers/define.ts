/**
 * Optimizers: a formula for one parameter, given its gradient and what the optimizer remembers (its slots).
 *
 * Numbers among the options become run-time scalars, so programs are shared by trials that differ in them. What depends on
 * the step (bias corrections) is computed by `scalars` on the host in float64.
 */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { Tensor } from "../../graph/index.ts";

/** What an update may know of its parameter besides the numbers. */
export interface ParameterFacts {
  /** Weights decay, where an optimizer lets anything decay; biases and the parameters of batch normalisation do not. */
  readonly isWeight: boolean;
}

/** An optimizer: what becomes of a parameter in a step, and what is remembered of its gradients. */
export interface OptimizerDefinition extends Definition {
  /** Names of the tensors kept for each parameter, of its shape, 0 at the start. */
  readonly slots: readonly string[];
  /** Run-time numbers of a step beside the options that are numbers; the step counts from 1. */
  scalars?(options: Readonly<Record<string, unknown>>, step: number): Readonly<Record<string, number>>;
  /** The parameter and slots after a step, as formulas of the parameter, its gradient and the slots before it. */
  update(
    tensors: Readonly<Record<string, Tensor>>,
    scalars: Readonly<Record<string, Tensor>>,
    facts: ParameterFacts,
  ): Readonly<Record<string, Tensor>>;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

type Named<Names extends string, V> = { readonly [K in Names]: V };

interface Written<S extends OptionSpecs, Slot extends string, Number extends string>
  extends Omit<OptimizerDefinition, "options" | "slots" | "scalars" | "update" | "examples"> {
  readonly options: S;
  readonly slots: readonly Slot[];
  scalars?(options: OptionValues<S>, step: number): Named<Number, number>;
  update(
    tensors: Named<Slot | "parameter" | "gradient", Tensor>,
    scalars: Named<Number | Extract<keyof S, string>, Tensor>,
    facts: ParameterFacts,
  ): Named<Slot | "parameter", Tensor>;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** An optimizer of one's own; the step is compiled with it. */
export function defineOptimizer<
  const S extends OptionSpecs,
  const Slot extends string = never,
  const Number extends string = never,
>(definition: Written<S, Slot, Number>): OptimizerDefinition & Chooser<S> {
  return choosable<OptimizerDefinition, S>("optimizer", definition as unknown as OptimizerDefinition);
}
