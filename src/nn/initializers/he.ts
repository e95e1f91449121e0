import { defineInitializer, distributionOption, type Fan, fillByDistribution } from "./define.ts";

const std = ({ fanIn }: Fan) => Math.sqrt(2 / fanIn);

/**
 * Numbers of variance 2/fanIn, for layers followed by ReLU.
 *
 * Symbols  n inputs of a unit (fanIn)
 *
 * Source   He et al. 2015, equation 10, arXiv:1502.01852. Uniform in [-sqrt(6/n), sqrt(6/n)).
 */
export const he = defineInitializer({
  name: "he",
  summary: "Numbers of variance 2/fanIn, for layers followed by ReLU.",
  source: "He et al. 2015, equation 10, arXiv:1502.01852; lecture, C6.",
  options: { distribution: distributionOption },
  moments: (fan) => ({ mean: 0, std: std(fan) }),
  fill: (out, fan, key, { distribution }) => fillByDistribution(out, key, std(fan), distribution),
  examples: [{}, { distribution: "uniform" }],
});
