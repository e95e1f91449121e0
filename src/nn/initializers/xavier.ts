import { defineInitializer, distributionOption, type Fan, fillByDistribution } from "./define.ts";

const std = ({ fanIn, fanOut }: Fan, fan: string) => Math.sqrt(fan === "average" ? 2 / (fanIn + fanOut) : 1 / fanIn);

/**
 * Numbers of variance 1/fanIn, for layers followed by sigmoid or tanh.
 *
 * Symbols  n inputs of a unit (fanIn), m units that an input reaches (fanOut).
 *
 * Source   Glorot & Bengio 2010, AISTATS. The lecture (C5) and Caffe use std 1/sqrt(n), which keeps the variance on the way
 *          forward; equation 16 of the paper averages both ways, sqrt(2/(n + m)): `fan: "average"`. The paper's own numbers are
 *          uniform, in [-sqrt(6/(n + m)), sqrt(6/(n + m))): `fan: "average"` and `distribution: "uniform"`.
 */
export const xavier = defineInitializer({
  name: "xavier",
  summary: "Numbers of variance 1/fanIn, for layers followed by sigmoid or tanh.",
  source: "Glorot & Bengio 2010; the lecture's form 1/sqrt(n), C5.",
  options: {
    fan: { type: "string", choices: ["in", "average"], default: "in", summary: "Variance 1/fanIn, or 2/(fanIn + fanOut)." },
    distribution: distributionOption,
  },
  moments: (fan, options) => ({ mean: 0, std: std(fan, options.fan) }),
  fill: (out, fan, key, options) => fillByDistribution(out, key, std(fan, options.fan), options.distribution),
  examples: [{}, { fan: "average" }, { fan: "average", distribution: "uniform" }],
});
