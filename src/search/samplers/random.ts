import { foldIn, uniformAt } from "../../core/random.ts";
import { assign } from "../conditions.ts";
import { valueAt } from "../unit.ts";
import { defineSampler } from "./define.ts";

/**
 * Every value is drawn by itself, evenly on its scale: of a dimension that matters, each trial tries another value.
 *
 * Source   Bergstra & Bengio 2012, JMLR 13; lecture, G1 and G3.
 *
 * Choice   A dimension draws from a stream of its own name: another dimension beside it changes none of its values.
 */
export const random = defineSampler({
  name: "random",
  summary: "Every value is drawn by itself, evenly on its scale.",
  source: "Bergstra & Bengio 2012, JMLR 13; lecture, G1 and G3.",
  options: {},
  learns: false,
  suggest: ({ space, key, index }) => assign(space, (name, dimension) => valueAt(dimension, uniformAt(foldIn(key, name), index))),
  examples: [{}],
});
