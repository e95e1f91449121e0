import { foldIn, uniformAt } from "../../core/random.ts";
import { assign, inOrder } from "../conditions.ts";
import { scrambled, sobolBits, sobolDimensions, sobolDirections, toUnit } from "../sobol.ts";
import { valueAt } from "../unit.ts";
import { defineSampler } from "./define.ts";

/**
 * A scrambled Sobol sequence: random points that keep out of each other's way, so that any number of trials fills the space evenly.
 *
 * Source   Sobol' 1967; Owen 1995; Joe & Kuo 2008; for searches Bergstra & Bengio 2012, section 5.
 *
 * Choice   Dimensions after the 64th are drawn as by `random`.
 */
export const sobol = defineSampler({
  name: "sobol",
  summary: "A scrambled Sobol sequence: random points that keep out of each other's way.",
  source: "Sobol' 1967; Owen 1995; Joe & Kuo 2008, SIAM J. Sci. Comput. 30(5).",
  options: {},
  learns: false,
  suggest({ space, key, index }) {
    const directions = sobolDirections(Math.min(sobolDimensions, inOrder(space).length));
    return assign(space, (name, dimension, at) => {
      const own = foldIn(key, name);
      const column = directions[at];
      return valueAt(dimension, column ? toUnit(scrambled(own, sobolBits(column, index))) : uniformAt(own, index));
    });
  },
  examples: [{}],
});
