import { fillNormal } from "../../core/random.ts";
import { defineInitializer, type Fan } from "./define.ts";

const std = ({ fanIn }: Fan) => Math.sqrt(2 / fanIn);

export const he = defineInitializer({
  name: "he",
  summary: "Normal numbers of variance 2/fanIn, for layers followed by ReLU.",
  source: "He et al. 2015, equation 10, arXiv:1502.01852; lecture, C6.",
  options: {},
  moments: (fan) => ({ mean: 0, std: std(fan) }),
  fill: (out, fan, key) => fillNormal(key, out, 0, std(fan)),
  examples: [{}],
});
