import { mul } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";
import { eluOf } from "./elu.ts";

const lambda = 1.0507009873554805;
const alpha = 1.6732632423543772;

/**
 * A scaled elu that keeps mean 0 and variance 1 from layer to layer; for weights by 'lecun'.
 *
 * Symbols  y = lambda x where x > 0, else lambda alpha (e^x - 1), lambda = 1.0507..., alpha = 1.6732...
 *
 * Source   Klambauer et al. 2017, equation 2, arXiv:1706.02515; the constants from its appendix: mean 0 and variance 1 are then a
 *          fixed point from layer to layer, for weights of variance 1/fanIn (`lecun`).
 */
export const selu = defineActivation({
  name: "selu",
  summary: "A scaled elu that keeps mean 0 and variance 1 from layer to layer; for weights by 'lecun'.",
  source: "Klambauer et al. 2017, arXiv:1706.02515.",
  options: {},
  apply: (x) => mul(lambda, eluOf(x, alpha)),
  kinks: [0],
  examples: [{}],
});
