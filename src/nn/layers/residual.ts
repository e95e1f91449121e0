import { ShapeError } from "../../core/errors.ts";
import {
  add,
  less,
  mul,
  randomUniform,
  reshape,
  type Shape,
  sameShape,
  select,
  showShape,
  type Tensor,
} from "../../graph/index.ts";
import { describeLayers } from "../blocks.ts";
import { type ChosenLayer, defineLayer } from "./define.ts";

/**
 * What its layers make of the input, added to the input.
 *
 * Symbols  x [N, ...]; f its layers; s its shortcut, x itself where there is none; y = s(x) + f(x), both of one shape. With a
 *          survival p below 1, stochastic depth: in training y = s(x) + b f(x) / p, b [N] 1 with probability p, else 0
 *
 * Source   He et al. 2016, "Deep residual learning for image recognition", arXiv:1512.03385, equations 1 and 2. Stochastic depth:
 *          Huang et al. 2016, arXiv:1603.09382, equations 2 and 5.
 *
 * Choice   Nothing follows the sum: the paper's relu after it is a layer of its own, and blocks without it are those of "Identity
 *          mappings in deep residual networks", arXiv:1603.05027. Of stochastic depth: drawn for each example and scaled in
 *          training, as torchvision's `row` mode; the paper draws for the batch and scales at test time.
 */
export const residual = defineLayer({
  name: "residual",
  summary: "Adds what its layers make of the input to the input, so that they learn what is to be changed about it.",
  source: "He et al. 2016, arXiv:1512.03385.",
  options: {
    layers: { type: "layers", summary: "What is added to the input." },
    shortcut: {
      type: "layers",
      optional: true,
      summary: "What the input passes on its other way, to change its shape; nothing where absent.",
    },
    survival: {
      default: 1,
      min: 0,
      minExclusive: true,
      max: 1,
      summary: "Probability that an example passes its layers in training; below 1 it is stochastic depth.",
    },
  },
  // Layers inside are asked as if the shape stayed.
  fewestRows(example, { layers, shortcut = [] }) {
    const inside = [layers, shortcut].flat() as readonly ChosenLayer[];
    return Math.max(1, ...inside.map(({ definition, options }) => definition.fewestRows?.(example, options) ?? 1));
  },
  build(input, { layers, shortcut, survival }, context) {
    const all = context.apply(layers as readonly ChosenLayer[], input);
    const made = survival < 1 && context.mode === "training" ? survivors(all, survival, context.randomKey()) : all;
    const kept = shortcut === undefined ? input : context.apply(shortcut as readonly ChosenLayer[], input);
    if (sameShape(made.shape, kept.shape)) return add(kept, made);
    const [, ...ends] = made.shape;
    const [, ...comes] = kept.shape;
    const layer = layerTo(ends, comes);
    const hint = shortcut
      ? "Let its layers and its shortcut end in the same shape."
      : layer
        ? `Give it "shortcut": [${layer}], or let its layers end with ${showShape(comes)}.`
        : `Let its layers end with ${showShape(comes)}: convolutions keep height and width with "padding": "same".`;
    throw new ShapeError("E_RESIDUAL_SHAPE", {
      message: `residual '${context.name}' cannot add ${showShape(ends)}, of its layers, to ${showShape(comes)}, of its ${shortcut ? "shortcut" : "input"}`,
      hint,
    });
  },
  describe: ({ layers, shortcut, survival }) => {
    const inside = [layers, ...(shortcut === undefined ? [] : [shortcut])] as readonly (readonly ChosenLayer[])[];
    const depth = survival < 1 ? `, survival ${survival}` : "";
    return `residual(${inside.map(describeLayers).join(" | ")}${depth})`;
  },
  examples: [
    { options: { layers: [{ kind: "dense", units: 5 }, "tanh", { kind: "dense", units: 4 }] }, input: [4] },
    { options: { layers: [{ kind: "dense", units: 3 }], shortcut: [{ kind: "dense", units: 3, bias: false }] }, input: [7] },
    { options: { layers: ["tanh", { kind: "residual", layers: [{ kind: "dense", units: 4 }, "sigmoid"] }] }, input: [4] },
    {
      options: {
        layers: [{ kind: "conv2d", filters: 3, kernel: 3, padding: "same", stride: 2 }, "batchNorm"],
        shortcut: [{ kind: "conv2d", filters: 3, kernel: 1, stride: 2 }],
      },
      input: [5, 4, 2],
    },
    { options: { layers: ["batchNorm", "softplus"] }, input: [6] },
    { options: { layers: [{ kind: "dense", units: 4 }, "tanh"], survival: 0.6 }, input: [4] },
  ],
});

/** A layer that brings an input to a shape, as a document says it; undefined where no single one does. */
function layerTo(shape: Shape, input: Shape): string | undefined {
  if (shape.length === 1) return `{ "kind": "dense", "units": ${shape[0]} }`;
  if (shape.length !== 3 || input.length < 2 || input.length > 3) return undefined;
  const [height, width, channels] = shape as readonly [number, number, number];
  const stride = Math.ceil(input[0]! / height);
  if (Math.ceil(input[0]! / stride) !== height || Math.ceil(input[1]! / stride) !== width) return undefined;
  return `{ "kind": "conv2d", "filters": ${channels}, "kernel": 1${stride === 1 ? "" : `, "stride": ${stride}`} }`;
}

/** Examples pass with probability `survival`, scaled so that the mean stays; of the others nothing is left. */
function survivors(made: Tensor, survival: number, key: Tensor): Tensor {
  const rows = made.shape[0]!;
  const mask = select(less(randomUniform(key, [rows, 1]), survival), 1 / survival, 0);
  return mul(made, reshape(mask, [rows, ...made.shape.slice(1).map(() => 1)]));
}
