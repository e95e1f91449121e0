import { sigmoid } from "../../core/math.ts";
import { add, mean, mul, neg, softplus, sub } from "../../graph/index.ts";
import { defineLoss, rowsOf } from "./define.ts";

/**
 * Cross-entropy of yes and no, on logits.
 *
 * Symbols  z [N, ...] logits; t, the same shape, 0 or 1 or a probability; p positiveWeight;
 *          L_i = mean over the outputs of -(p t log sigmoid(z) + (1 - t) log(1 - sigmoid(z)))
 *              = mean of p t softplus(-z) + (1 - t) softplus(z), which is as precise for large logits as for small ones
 *
 * Source   Cox 1958, "The regression analysis of binary sequences".
 */
export const binaryCrossEntropy = defineLoss({
  name: "binaryCrossEntropy",
  summary: "Minus the log of the probability that sigmoid gives the right answer, yes or no, averaged over the outputs.",
  source: "Cox 1958, Journal of the Royal Statistical Society B 20(2).",
  targets: ["values"],
  options: {
    positiveWeight: { default: 1, min: 0, minExclusive: true, scale: "log", summary: "What a yes counts beside a no." },
  },
  build(prediction, target, { positiveWeight }) {
    const [logits, yes] = [rowsOf(prediction), rowsOf(target)];
    const missed = mul(mul(positiveWeight, yes), softplus(neg(logits)));
    return mean(add(missed, mul(sub(1, yes), softplus(logits))), 1);
  },
  refuse(values) {
    const wrong = Array.from(values).find((value) => !(value >= 0 && value <= 1));
    return wrong === undefined ? undefined : `expects 0, 1 or a probability between them, received ${wrong}`;
  },
  probabilities: (outputs) => Float64Array.from(outputs, sigmoid),
  examples: [{}, { positiveWeight: 3 }],
});
