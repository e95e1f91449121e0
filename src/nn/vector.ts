/** Numbers that are written into a formula, one for each place of an axis. */
import { constant, iota, less, reshape, select, type Tensor } from "../graph/index.ts";

/** The list as a tensor [length]: chosen by place, in halves, so that the formula is as deep as the length has bits. */
export function vectorOf(values: readonly number[]): Tensor {
  const places = iota(values.length);
  const part = (from: number, to: number): Tensor => {
    if (values.slice(from, to).every((value) => value === values[from])) return constant(values[from]!);
    const middle = (from + to) >> 1;
    return select(less(places, middle), part(from, middle), part(middle, to));
  };
  const all = part(0, values.length);
  return all.shape.length === 0 ? reshape(all, [1]) : all;
}
