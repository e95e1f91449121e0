/** Code for copies through strides: transposed or stretched tensors. Rare, so one number at a time. */
import type { ModuleBuilder, ValueType } from "./assembler.ts";

/** The function for copies of a given rank. Parameters: source, target, then extent and stride (bytes) of each axis. */
export function emitCopy(module: ModuleBuilder, rank: number): number {
  const parameters: ValueType[] = new Array(2 + 2 * Math.max(1, rank)).fill("i32");
  const { index, code: f } = module.function(`copy${rank}`, parameters);
  const [source, target] = [0, 1];
  const axes = Math.max(1, rank);
  const pointers = Array.from({ length: axes }, () => f.local("i32"));
  const counters = Array.from({ length: axes }, () => f.local("i32"));
  const emitAxis = (axis: number) => {
    const [extent, stride] = [2 + 2 * axis, 3 + 2 * axis];
    f.get(axis === 0 ? source : pointers[axis - 1]!).set(pointers[axis]!);
    f.get(extent).set(counters[axis]!);
    f.loop(() => {
      if (axis === axes - 1) {
        f.get(target).get(pointers[axis]!).mem("f32.load").mem("f32.store");
        f.bump(target, 4);
      } else emitAxis(axis + 1);
      f.get(pointers[axis]!).get(stride).op("i32.add").set(pointers[axis]!);
      f.get(counters[axis]!).i32(1).op("i32.sub").tee(counters[axis]!).brIf(0);
    });
  };
  emitAxis(0);
  return index;
}
