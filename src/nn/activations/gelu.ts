import { add, erf, maximum, minimum, mul, type Tensor, tanh } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

function tanhForm(x: Tensor): Tensor {
  const cut = minimum(maximum(x, -10), 10);
  const cubic = mul(cut, add(1, mul(0.044715, mul(cut, cut))));
  return tanh(mul(Math.sqrt(2 / Math.PI), cubic));
}

/**
 * x times the probability that a standard normal number is below it: a smooth relu.
 *
 * Symbols  y = x Phi(x), Phi the normal distribution function: x (1 + erf(x / sqrt 2)) / 2
 *
 * Source   Hendrycks & Gimpel 2016, equations 1 and 2, arXiv:1606.08415.
 *
 * Choice   Exact by default, as in PyTorch; the form with tanh, within 5e-4 of it, is there for models that were trained with it.
 *          Beyond |x| = 10 its tanh is 1 to float64, so the cube is taken of what is cut there and cannot overflow.
 */
export const gelu = defineActivation({
  name: "gelu",
  summary: "x times the probability that a standard normal number is below it: a smooth relu.",
  source: "Hendrycks & Gimpel 2016, arXiv:1606.08415.",
  options: {
    approximate: {
      type: "string",
      choices: ["none", "tanh"],
      default: "none",
      summary: "Exact by erf, or by a formula with tanh.",
    },
  },
  apply: (x, { approximate }) => mul(mul(0.5, x), add(1, approximate === "tanh" ? tanhForm(x) : erf(mul(Math.SQRT1_2, x)))),
  kinks: [],
  examples: [{}, { approximate: "tanh" }],
});
