import { less, mul, randomUniform, reshape, select, sizeOf } from "../../graph/index.ts";
import { defineLayer } from "./define.ts";

/**
 * Dropout: in training each number is left out with a probability, and the others grow so that the mean stays.
 *
 * Symbols  p rate; u uniform in (0, 1), one for each number of the batch;
 *          inverted: y = x m in training, m = 1 / (1 - p) where u < 1 - p, else 0; y = x in evaluation
 *          vanilla: y = x m in training, m = 1 where u < 1 - p, else 0; y = (1 - p) x in evaluation
 *
 * Source   Srivastava et al. 2014, "Dropout", JMLR 15, which has the vanilla form; both forms: lecture, D3.
 *
 * Choice   u has 16 bits, so the probability is p to within 2^-17. The mask depends on seed, layer and step alone.
 */
export const dropout = defineLayer({
  name: "dropout",
  summary: "Leaves out numbers at random in training, and scales the others so that the mean stays.",
  source: "Srivastava et al. 2014, JMLR 15; lecture, D3.",
  options: {
    rate: { default: 0.5, min: 0, max: 1, maxExclusive: true, summary: "Probability that a number is left out." },
    form: {
      type: "string",
      choices: ["inverted", "vanilla"],
      default: "inverted",
      summary: "Whether the mean is kept by scaling in training, or in evaluation.",
    },
  },
  build(input, { rate, form }, context) {
    if (rate === 0) return input;
    const rows = input.shape[0]!;
    const kept = 1 - rate;
    if (context.mode === "evaluation") return form === "vanilla" ? mul(input, kept) : input;
    const uniform = randomUniform(context.randomKey(), [rows, sizeOf(input.shape) / rows]);
    return mul(input, reshape(select(less(uniform, kept), form === "vanilla" ? 1 : 1 / kept, 0), input.shape));
  },
  describe: ({ rate }) => `dropout ${rate}`,
  examples: [
    { options: {}, input: [7] },
    { options: { rate: 0.2 }, input: [3, 2, 5] },
    { options: { rate: 0 }, input: [4] },
    { options: { rate: 0.9 }, input: [33] },
    { options: { rate: 0.3, form: "vanilla" }, input: [6] },
  ],
});
