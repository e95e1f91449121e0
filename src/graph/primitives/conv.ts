/**
 * Convolution of images with filters, as in neural networks: without turning the filters around.
 *
 * Symbols  x [N, H, W, C]; w [kh, kw, C / groups, F]; y [N, OH, OW, F],
 *          y(n, i, j, f) = sum over places (p, q) and channels c of x(n, i sh - top + p dh, j sw - left + q dw, c) w(p, q, c, f)
 * Source   LeCun et al. 1998. As a product of matrices, [N OH OW, kh kw C] times [kh kw C, F]: Chellapilla, Puri &
 *          Simard 2006.
 * Choice   A formula and no primitive: its derivatives are those of `patches` and `matmul`.
 */
import { ShapeError } from "../../core/errors.ts";
import { describeTensor, iota, type Tensor } from "../tensor.ts";
import { equal, expand, select } from "./elementwise.ts";
import type { Geometry } from "./geometry.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { imageShape, patches } from "./windows.ts";

type FilterShape = readonly [number, number, number, number];

/**
 * Images convolved with filters: [N, H, W, C] and [kh, kw, C / groups, F] -> [N, OH, OW, F].
 *
 * With groups, the first F / groups filters see the first C / groups channels alone, and so on. They are computed as filters over
 * all channels with zeros in them: `groups` times the arithmetic, and an infinity or NaN reaches the other groups as NaN.
 *
 * @throws ShapeError  the filters do not fit the images, the geometry or the groups, or no window fits into an image
 */
export function conv2d(x: Tensor, w: Tensor, geometry: Geometry, groups = 1): Tensor {
  const channels = imageShape("conv2d", x)[3];
  const [rows, columns, depth, filters] = checkFilters(x, w, geometry, channels, groups);
  const windows = patches(x, geometry);
  const [images, height, width, length] = windows.shape as FilterShape;
  const whole = groups === 1 ? w : blockDiagonal(w, [rows * columns, depth, filters], groups);
  const product = matmul(reshape(windows, [images * height * width, length]), reshape(whole, [length, filters]));
  return reshape(product, [images, height, width, filters]);
}

function checkFilters(x: Tensor, w: Tensor, { kernel }: Geometry, channels: number, groups: number): FilterShape {
  const shape = w.shape as FilterShape;
  const [rows, columns, depth, filters] = shape;
  if (shape.length !== 4 || rows !== kernel[0] || columns !== kernel[1]) {
    throw new ShapeError("E_SHAPE_CONVOLUTION", {
      message: `conv2d: filters for windows of ${kernel.join(" x ")} are [${kernel.join(", ")}, channels, filters], received ${describeTensor(w)}`,
    });
  }
  if (!Number.isSafeInteger(groups) || groups < 1 || filters % groups !== 0 || depth * groups !== channels) {
    throw new ShapeError("E_SHAPE_CONVOLUTION", {
      message: `conv2d: ${describeTensor(w)} in ${groups} group${groups === 1 ? "" : "s"} does not fit ${describeTensor(x)}`,
      hint: `The filters' third axis is the channels of a group, ${channels} / groups; channels and filters are multiples of the groups.`,
    });
  }
  return shape;
}

/** Filters of groups as filters over all channels, [places, depth, filters] -> [places, groups, depth, filters], 0 off the blocks. */
function blockDiagonal(w: Tensor, [places, depth, filters]: readonly [number, number, number], groups: number): Tensor {
  // The group of each filter: 0 0 0 1 1 1 ... .
  const perFilter = reshape(expand(reshape(iota(groups), [groups, 1]), [groups, filters / groups]), [filters]);
  const isOwn = reshape(equal(reshape(iota(groups), [groups, 1]), perFilter), [groups, 1, filters]);
  const mask = expand(isOwn, [groups, depth, filters]);
  return select(mask, reshape(w, [places, 1, depth, filters]), 0);
}
