/** What each primitive means, by its kind or its name: for engines and tests that compute it plainly. */
import { elementwiseMeaning } from "./primitives/elementwise.ts";
import { gatherMeaning } from "./primitives/gather.ts";
import { matmulMeaning } from "./primitives/matmul.ts";
import { maxPoolBackMeaning, maxPoolMeaning, sumPoolBackMeaning, sumPoolMeaning } from "./primitives/pool.ts";
import { randomMeaning } from "./primitives/random.ts";
import { reduceMeaning } from "./primitives/reduce.ts";
import { reshapeMeaning, transposeMeaning } from "./primitives/reshape.ts";
import { foldMeaning, patchesMeaning } from "./primitives/windows.ts";
import type { Meaning } from "./tensor.ts";

const meanings: Readonly<Record<string, Meaning>> = {
  elementwise: elementwiseMeaning,
  reduce: reduceMeaning,
  matmul: matmulMeaning,
  gather: gatherMeaning,
  reshape: reshapeMeaning,
  transpose: transposeMeaning,
  patches: patchesMeaning,
  fold: foldMeaning,
  maxPool: maxPoolMeaning,
  sumPool: sumPoolMeaning,
  maxPoolBack: maxPoolBackMeaning,
  sumPoolBack: sumPoolBackMeaning,
  random: randomMeaning,
};

/** Fills `out` with what a tensor is, given the values of its inputs. */
export const computePlainly: Meaning = (node, inputs, out) => {
  const { kind, name } = node.primitive;
  (meanings[kind] ?? meanings[name]!)(node, inputs, out);
};
