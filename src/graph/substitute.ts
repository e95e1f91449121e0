/** The same formulas over other leaves. */
import { type Tensor, topologicalOrder } from "./tensor.ts";

/**
 * Rebuilds what `outputs` compute with some tensors replaced; what does not depend on them stays the same tensor.
 *
 * @param replacements  each of the shape and type of what it replaces
 */
export function substitute(outputs: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const rebuilt = new Map<Tensor, Tensor>();
  for (const tensor of topologicalOrder(outputs)) {
    const replacement = replacements.get(tensor);
    const inputs = tensor.inputs.map((one) => rebuilt.get(one)!);
    const isSame = inputs.every((one, i) => one === tensor.inputs[i]);
    rebuilt.set(tensor, replacement ?? (isSame ? tensor : Object.freeze({ ...tensor, inputs })));
  }
  return outputs.map((output) => rebuilt.get(output)!);
}
