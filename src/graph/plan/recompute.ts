/** What is cheaper to compute again than to load: elementwise tensors few operations away from what lies in memory anyway. */
import { isLeaf, type Tensor } from "../tensor.ts";
import { baseOf } from "./formula.ts";
import type { Group } from "./group.ts";

/** Most operations that are done again rather than loading what they gave. */
export const mostRecomputed = 4;
/** In the epilogue of a product, whose registers are full. */
export const fewRecomputed = 2;
const expensive: ReadonlySet<string> = new Set(["exp", "log", "tanh", "sigmoid", "softplus", "erf", "sqrt", "div"]);

/**
 * Whether a tensor tells where another one passes a bound, such as relu's mask: a bit for each number that is there anyway, which
 * would take as much room as the number.
 */
const isTest = ({ primitive, inputs }: Tensor): boolean =>
  (primitive.name === "greater" || primitive.name === "less" || primitive.name === "equal") && isLeaf(inputs[1]!, "constant");

export class Costs {
  private readonly costs = new Map<Tensor, number>();
  private readonly groupOf: (tensor: Tensor) => Group | undefined;

  constructor(groupOf: (tensor: Tensor) => Group | undefined) {
    this.groupOf = groupOf;
  }

  /** Operations that it takes to compute a tensor again; infinite where that cannot be. */
  of(tensor: Tensor): number {
    const known = this.costs.get(tensor);
    if (known !== undefined) return known;
    const group = this.groupOf(tensor);
    if (group && isTest(tensor)) {
      this.costs.set(tensor, 1);
      return 1;
    }
    const isElement =
      tensor.primitive.kind === "elementwise" &&
      group?.head.kind === "rows" &&
      !group.head.joinsHalves &&
      !group.formula.values.some(({ kind }) => kind === "reduce");
    let cost = isElement && !expensive.has(tensor.primitive.name) ? 1 : Number.POSITIVE_INFINITY;
    for (const one of isElement ? tensor.inputs : []) {
      const below = this.of(baseOf(one));
      if (below <= mostRecomputed) cost += below;
    }
    if (group) this.costs.set(tensor, cost);
    return cost;
  }
}
