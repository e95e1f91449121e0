import { defineInitializer, distributionOption, type Fan, fillByDistribution } from "./define.ts";

const std = ({ fanIn }: Fan) => Math.sqrt(1 / fanIn);

/**
 * Numbers of variance 1/fanIn, for layers followed by selu.
 *
 * Symbols  n inputs of a unit (fanIn)
 *
 * Source   LeCun, Bottou, Orr & Mueller 1998, "Efficient BackProp", equation 16: std n^(-1/2). Uniform in [-sqrt(3/n), sqrt(3/n)).
 */
export const lecun = defineInitializer({
  name: "lecun",
  summary: "Numbers of variance 1/fanIn, for layers followed by selu.",
  source: "LeCun et al. 1998, Efficient BackProp, equation 16.",
  options: { distribution: distributionOption },
  moments: (fan) => ({ mean: 0, std: std(fan) }),
  fill: (out, fan, key, { distribution }) => fillByDistribution(out, key, std(fan), distribution),
  examples: [{}, { distribution: "uniform" }],
});
