/** What is cheaper to compute again than to load: elementwise tensors few operations away from what lies in memory anyway. */
import { isLeaf, type Tensor } from "../tensor.ts";
import { baseOf } from "./formula.ts";
import type { Group } from "./group.ts";

/** Most operations that are done again rather than loading what they gave. */
export const mostRecomputed = 5;
/** In the epilogue of a product, whose registers are full. */
export const fewRecomputed = 2;
/** Functions that take many instructions. */
export const transcendental: ReadonlySet<string> = new Set(["exp", "log", "tanh", "sigmoid", "softplus", "erf"]);
const expensive: ReadonlySet<string> = new Set([...transcendental, "sqrt", "div"]);

/**
 * Whether a tensor tells where another one passes a bound, such as relu's mask: a bit for each number that is there anyway, which
 * would take as much room as the number.
 */
const isTest = ({ primitive, inputs }: Tensor): boolean =>
  (primitive.name === "greater" || primitive.name === "less" || primitive.name === "equal") && isLeaf(inputs[1]!, "constant");

/** What it takes to compute a tensor again; undefined where that cannot be. */
type Operations = ReadonlySet<Tensor> | undefined;

export class Costs {
  private readonly known = new Map<Tensor, Operations>();
  private readonly groupOf: (tensor: Tensor) => Group | undefined;
  private readonly isReduced: (tensor: Tensor) => boolean;

  /** @param isReduced  whether a reduction takes the tensor up: it lies in memory, where a product has made it */
  constructor(groupOf: (tensor: Tensor) => Group | undefined, isReduced: (tensor: Tensor) => boolean) {
    this.groupOf = groupOf;
    this.isReduced = isReduced;
  }

  /** Operations that it takes to compute a tensor again; infinite where that cannot be. */
  of(tensor: Tensor): number {
    return this.operations(tensor)?.size ?? Number.POSITIVE_INFINITY;
  }

  private operations(tensor: Tensor): Operations {
    if (this.known.has(tensor)) return this.known.get(tensor);
    const group = this.groupOf(tensor);
    const found = this.find(tensor, group);
    if (group) this.known.set(tensor, found);
    return found;
  }

  private find(tensor: Tensor, group: Group | undefined): Operations {
    const { primitive, inputs } = tensor;
    if (group && isTest(tensor)) return new Set([tensor]);
    if (primitive.kind !== "elementwise" || expensive.has(primitive.name)) return undefined;
    const isOfRows =
      group?.head.kind === "rows" && !group.head.joinsHalves && !group.formula.values.some(({ kind }) => kind === "reduce");
    const isAtHand = (one: Tensor) => this.groupOf(one) !== group || this.isReduced(one) || this.operations(one) !== undefined;
    const isBesideReduced = group?.head.kind === "matmul" && inputs.every((one) => isAtHand(baseOf(one)));
    if (!isOfRows && !isBesideReduced) return undefined;
    const all = new Set(primitive.name === "identity" ? [] : [tensor]);
    for (const one of inputs) {
      // What takes more is loaded.
      const below = this.operations(baseOf(one));
      if (below && below.size <= mostRecomputed) for (const operation of below) all.add(operation);
    }
    return all;
  }
}
