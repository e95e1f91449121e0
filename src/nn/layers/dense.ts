import { ShapeError } from "../../core/errors.ts";
import { add, matmul, reshape, showShape, sizeOf } from "../../graph/index.ts";
import { zeros } from "../initializers/zeros.ts";
import { type ChosenInitializer, defineLayer } from "./define.ts";

/**
 * The affine layer: every output is a weighted sum of all inputs, plus a bias.
 *
 * Symbols  x [N, D] (an example of several axes is flattened to D); W [D, M]; b [M]; y = x W + b, [N, M]
 *
 * Source   lecture, A2 and A4. W is laid out as x multiplies it, inputs by outputs.
 */
export const dense = defineLayer({
  name: "dense",
  summary: "Every output is a weighted sum of all inputs, plus a bias.",
  source: "Lecture, A2 and A4.",
  options: {
    units: { type: "integer", min: 1, max: 1_000_000, scale: "log", summary: "Number of outputs." },
    initializer: { type: "component", of: "initializer", default: "he", summary: "How the weights start." },
    inputs: {
      type: "integer",
      min: 1,
      optional: true,
      summary: "Number of inputs; taken from the layer before it where absent.",
    },
    bias: { type: "boolean", default: true, summary: "Whether a bias is added; it starts at 0." },
  },
  build(input, { units, initializer, bias, inputs: declared }, context) {
    const [rows, ...example] = input.shape as [number, ...number[]];
    const inputs = sizeOf(example);
    if (declared !== undefined && declared !== inputs) {
      throw new ShapeError("E_LAYER_INPUT", {
        message: `dense '${context.name}' expects ${declared} features, received ${inputs} (input ${showShape(input.shape)})`,
        hint: `${context.before} ${inputs}. Set ${context.name}.inputs to ${inputs}, or leave it out.`,
      });
    }
    const fan = { fanIn: inputs, fanOut: units };
    const weight = context.parameter("weight", [inputs, units], initializer as ChosenInitializer, fan, { isWeight: true });
    const product = matmul(reshape(input, [rows, inputs]), weight);
    return bias ? add(product, context.parameter("bias", [units], { definition: zeros, options: {} }, fan)) : product;
  },
  describe: ({ units }) => String(units),
  examples: [
    { options: { units: 5 }, input: [7] },
    { options: { units: 1, bias: false }, input: [2, 3] },
    { options: { units: 33 }, input: [1] },
  ],
});
