/**
 * Trains small networks and runs random programs on code that the host has optimised from the start, and prints a hash of all
 * results: with vectors of 128 and of 256 bits, the hashes must be the same.
 *
 *   OSOLGIL_VECTOR_BITS=128 node test/engine/wasm/vector-bits.ts
 */
import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import fc from "fast-check";
import type { ComponentInput } from "../../../src/core/choice.ts";
import type { Numerics } from "../../../src/engine/engine.ts";
import { targetHere } from "../../../src/engine/wasm/probe.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { execute } from "../../../src/testing/programs.ts";
import { Session } from "../../../src/train/session.ts";
import { buildProgram, recipes } from "../../support/random-graphs.ts";
import { smallHashes } from "../../train/host-bits.ts";
import { asImages, blobs, imageLayers, runOf } from "../../train/toy.ts";

const hashOf = (arrays: Iterable<ArrayLike<number>>): string => {
  const hash = createHash("sha256");
  for (const values of arrays) hash.update(new Uint8Array(Float32Array.from(values).buffer));
  return hash.digest("hex").slice(0, 16);
};

/** Widths that end in every kind of last tile, and batches that fall into strips of several heights. */
function networkHash(numerics: Numerics, widths: readonly number[], batch: number, bytes: boolean): string {
  const data = blobs({ count: 3 * batch, classes: 3, features: 61, bytes });
  const hidden = widths.flatMap((units): ComponentInput[] => [{ kind: "dense", units }, "relu"]);
  const rest = ["batchNorm", { kind: "dropout", rate: 0.3 }, { kind: "dense", units: 3 }];
  const run = runOf({
    model: [...hidden, ...rest],
    optimizer: { kind: "adam", learningRate: 0.01 },
    penalty: { kind: "l2", strength: 0.01 },
    training: { batchSize: batch, epochs: 3 },
  });
  return trainedHash(new Session(run, data, { engine: wasmEngine, numerics }));
}

function trainedHash(session: Session): string {
  const losses = Array.from({ length: 6 }, (_, step) => session.step(step).loss);
  return hashOf([losses, ...session.readStates().map(({ values }) => values)]);
}

function imagesHash(numerics: Numerics, filters: number): string {
  const run = runOf({
    model: [...imageLayers(filters), { kind: "dense", units: 3 }],
    training: { batchSize: 20, epochs: 3 },
  });
  return trainedHash(
    new Session(run, asImages(blobs({ count: 60, classes: 3, features: 312 }), [12, 13, 2]), { engine: wasmEngine, numerics }),
  );
}

if (process.argv[1] === import.meta.filename) {
  setFlagsFromString("--no-liftoff");
  const programs = fc.sample(recipes, { seed: 7, numRuns: 60 }).map(buildProgram);
  const profiles = (["fused", "portable"] as const).map((numerics) => [
    numerics,
    {
      ...smallHashes(numerics),
      tiles: networkHash(numerics, [100, 50, 37], 128, true),
      tails: networkHash(numerics, [30, 24, 9, 16], 45, false),
      dots: networkHash(numerics, [90, 81, 76, 67], 45, false),
      images: imagesHash(numerics, 30),
      fewFilters: imagesHash(numerics, 12),
      programs: hashOf(
        programs.flatMap(({ program, values }) => {
          const { outputs, states } = execute(wasmEngine, program, values, { numerics });
          return [...Object.values(outputs), ...Object.values(states)];
        }),
      ),
    },
  ]);
  console.log(JSON.stringify({ pairs: targetHere("portable").pairs, bits: Object.fromEntries(profiles) }));
}
