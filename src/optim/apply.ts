/** From an optimizer's definition to what a training step writes back. */
import { type Assignment, assign, flush, scalar, state, type Tensor } from "../graph/index.ts";
import type { OptimizerDefinition, ParameterFacts } from "./optimizers/define.ts";

/**
 * Slots below this are written as 0. Decaying means approach 0 through the subnormal numbers, on which processors are many
 * times slower (on MNIST, whose border is always black, most of Adam's moments would go there), and WebAssembly has no mode
 * that flushes them. 2^-100 lies far enough above 2^-126 that products with 1 - beta stay normal, and far below anything
 * that moves a weight.
 */
export const flushBelow = 7.888609052210118e-31;

/** Name of an optimizer's run-time number in the program. */
export const scalarName = (name: string): string => `optimizer.${name}`;

/** Name of what an optimizer remembers of a parameter. */
export const slotName = (parameter: Tensor, slot: string): string => `${parameter.name}/${slot}`;

/** The slots of a parameter. The same names each time; the caller keeps the tensors, which programs share. */
export function createSlots(definition: OptimizerDefinition, parameter: Tensor): Record<string, Tensor> {
  return Object.fromEntries(definition.slots.map((slot) => [slot, state(slotName(parameter, slot), parameter.shape)]));
}

/**
 * The updates of one parameter: its new value, and that of each slot, flushed.
 *
 * @param constrain  what is done to the new value before it is written; nothing where absent
 */
export function updateParameter(
  definition: OptimizerDefinition,
  parameter: Tensor,
  gradient: Tensor,
  slots: Readonly<Record<string, Tensor>>,
  scalars: Readonly<Record<string, Tensor>>,
  facts: ParameterFacts,
  constrain: (value: Tensor) => Tensor = (value) => value,
): Assignment[] {
  const next = definition.update({ parameter, gradient, ...slots }, scalars, facts);
  return [
    assign(parameter, constrain(next.parameter!)),
    ...Object.entries(slots).map(([slot, tensor]) => assign(tensor, flush(next[slot]!, flushBelow))),
  ];
}

/** The numbers among options: what becomes run-time scalars. */
export function numbersOf(options: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(Object.entries(options).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

/** The run-time numbers of an optimizer at a step (from 1), computed in float64. */
export function optimizerScalars(
  definition: OptimizerDefinition,
  options: Readonly<Record<string, unknown>>,
  step: number,
): Record<string, number> {
  return { ...numbersOf(options), ...definition.scalars?.(options, step) };
}

/** Leaves for the run-time numbers. */
export function createScalars(
  definition: OptimizerDefinition,
  options: Readonly<Record<string, unknown>>,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.keys(optimizerScalars(definition, options, 1)).map((name) => [name, scalar(scalarName(name))]),
  );
}
