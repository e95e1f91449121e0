/** One tensor for each distinct formula: what is written twice in a graph is computed once. */
import type { Program } from "../program.ts";
import { programOrder } from "../program.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** The program with equal subexpressions joined, and without what only stops gradients. Named leaves stay the tensors they are. */
export function canonicalProgram(program: Program): Program {
  const canonical = new Map<Tensor, Tensor>();
  const byKey = new Map<string, Tensor>();
  const numbers = new Map<Tensor, number>();
  for (const tensor of programOrder(program)) {
    const inputs = tensor.inputs.map((one) => canonical.get(one)!);
    const isNamedLeaf = tensor.primitive.kind === "leaf" && tensor.name !== undefined;
    if (tensor.primitive.name === "identity" && sameShape(tensor.shape, inputs[0]!.shape)) {
      canonical.set(tensor, inputs[0]!);
      continue;
    }
    const key = isNamedLeaf ? "" : keyOf(tensor, inputs, numbers);
    let joined = isNamedLeaf ? undefined : byKey.get(key);
    if (!joined) {
      const same = inputs.every((one, i) => one === tensor.inputs[i]);
      joined = same ? tensor : Object.freeze({ ...tensor, inputs });
      if (!isNamedLeaf) byKey.set(key, joined);
      numbers.set(joined, numbers.size);
    }
    canonical.set(tensor, joined);
  }
  return {
    outputs: Object.fromEntries(Object.entries(program.outputs).map(([name, tensor]) => [name, canonical.get(tensor)!])),
    assignments: program.assignments.map(({ state, value }) => ({ state, value: canonical.get(value)! })),
  };
}

function keyOf(
  { primitive, attributes, shape }: Tensor,
  inputs: readonly Tensor[],
  numbers: ReadonlyMap<Tensor, number>,
): string {
  let key = `${primitive.name} ${shape.join()} (`;
  for (const one of inputs) key += `${numbers.get(one)},`;
  for (const name in attributes) {
    const value = attributes[name];
    key += `${name}=${Object.is(value, -0) ? "-0" : value};`;
  }
  return key;
}
