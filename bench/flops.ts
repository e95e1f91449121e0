/**
 * The work of a training step: multiply-adds of the products of all dense and convolutional layers, times two.
 *
 * Choice   Three products for each layer (forward, gradient of the weights, gradient of the input), two for the first, whose
 *          input is data. Everything else (activations, normalisation, pooling, update) is not counted.
 */
import { batchOf, type Component, layersOf, type Workload } from "./workload.ts";

export type Shape = readonly number[];

const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);

/** Positions of a window on an axis: "same" pads so that every input has one; "valid" takes those that lie inside. */
export const positions = (extent: number, window: number, stride: number, padding: unknown): number =>
  padding === "same" ? Math.ceil(extent / stride) : Math.floor((extent - window) / stride) + 1;

/** The shape of an example after a layer, and the multiply-adds that the layer takes for it. */
export function afterLayer(
  { kind, ...options }: Component,
  shape: Shape,
): { readonly shape: Shape; readonly multiplyAdds: number } {
  if (kind === "dense") {
    const units = options.units as number;
    return { shape: [units], multiplyAdds: sizeOf(shape) * units };
  }
  if (kind !== "conv2d" && kind !== "maxPool2d") return { shape, multiplyAdds: 0 };
  const [height, width, channels] = shape as [number, number, number];
  const pools = kind === "maxPool2d";
  const window = (pools ? (options.size ?? 2) : options.kernel) as number;
  const stride = (options.stride ?? (pools ? window : 1)) as number;
  const out = [height, width].map((extent) => positions(extent, window, stride, options.padding));
  const filters = pools ? channels : (options.filters as number);
  return { shape: [...out, filters], multiplyAdds: pools ? 0 : sizeOf(out) * filters * window * window * channels };
}

/** Floating-point operations of one training step. */
export function flopsOf(workload: Workload): number {
  let shape: Shape = workload.input;
  let products = 0;
  let isFirst = true;
  for (const layer of layersOf(workload)) {
    const after = afterLayer(layer, shape);
    shape = after.shape;
    products += after.multiplyAdds * (isFirst ? 2 : 3);
    if (after.multiplyAdds > 0) isFirst = false;
  }
  return 2 * products * batchOf(workload);
}
