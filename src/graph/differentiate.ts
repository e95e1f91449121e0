/**
 * Differentiation of the graph: gradients come out as more graph.
 *
 * Source  reverse mode (Linnainmaa 1970; lecture, A4: the chain rule through a computational graph). Each tensor's gradient
 *         is the sum of what its users send back, added in the reverse of the order in which they were built.
 */
import { ShapeError } from "../core/errors.ts";
import { add, expand } from "./primitives/elementwise.ts";
import { sumTo } from "./primitives/reduce.ts";
import { sameShape, sizeOf } from "./shape.ts";
import { constant, describeTensor, type Tensor, topologicalOrder } from "./tensor.ts";

/**
 * Gradients of a scalar with respect to each of `targets`, in their order; each has its target's shape.
 * A target that the scalar does not depend on gets zeros.
 *
 * @throws ShapeError  `loss` is not a single number
 */
export function differentiate(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  if (sizeOf(loss.shape) !== 1) {
    throw new ShapeError("E_SHAPE_LOSS", {
      message: `only a single number can be differentiated, received ${describeTensor(loss)}`,
      hint: "Take its mean or sum first.",
    });
  }
  const order = topologicalOrder([loss]);
  const wanted = new Set(targets);
  const leadsToTarget = new Set<Tensor>();
  for (const tensor of order) {
    if (wanted.has(tensor) || tensor.inputs.some((one) => leadsToTarget.has(one))) leadsToTarget.add(tensor);
  }
  const gradients = new Map<Tensor, Tensor>();
  if (leadsToTarget.has(loss)) gradients.set(loss, expand(constant(1), loss.shape));
  for (const tensor of order.reverse()) {
    const gradient = gradients.get(tensor);
    if (!gradient || tensor.inputs.length === 0) continue;
    const parts = tensor.primitive.derivative?.(tensor, gradient) ?? [];
    tensor.inputs.forEach((one, i) => {
      const part = parts[i];
      if (!part || !leadsToTarget.has(one)) return;
      const fitted = sameShape(part.shape, one.shape) ? part : sumTo(part, one.shape);
      const before = gradients.get(one);
      gradients.set(one, before ? add(before, fitted) : fitted);
    });
  }
  return targets.map((target) => gradients.get(target) ?? expand(constant(0), target.shape));
}
