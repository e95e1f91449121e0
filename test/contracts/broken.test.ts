/** The contracts find what is broken: definitions with one fault each, and the check that must see it. */
import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import {
  augmentations,
  constraints,
  dense,
  initializers,
  meanSquaredError,
  metrics,
  penalties,
  preprocessing,
  pruners,
  relu,
  samplers,
  schedules,
  sgd,
} from "../../src/index.ts";
import {
  activationContract,
  augmentationContract,
  type Check,
  ContractError,
  constraintContract,
  initializerContract,
  layerContract,
  lossContract,
  metricContract,
  optimizerContract,
  penaltyContract,
  preprocessingContract,
  prunerContract,
  samplerContract,
  scheduleContract,
} from "../../src/testing.ts";

const faults: readonly (readonly [string, readonly Check[], RegExp])[] = [
  ["an option that takes what its range forbids", activationContract({ ...relu, examples: [] }), /^the examples are valid$/],
  [
    "an activation that loses NaN",
    activationContract({ ...relu, apply: (x) => g.select(g.greater(x, 0), x, 0) }),
    /NaN comes out as NaN/,
  ],
  [
    "an activation with a kink that it does not name",
    activationContract({ ...relu, kinks: [], apply: (x) => g.relu(g.add(x, 1.93)) }),
    /gradient agrees/,
  ],
  [
    "a layer whose parameter depends on the batch",
    layerContract({
      ...dense,
      build: (x, options, context) =>
        g.mul(
          dense.build(x, options, context),
          g.mean(
            context.parameter("rows", [x.shape[0]!], { definition: initializers.zeros, options: {} }, { fanIn: 1, fanOut: 1 }),
          ),
        ),
    }),
    /same names and shapes/,
  ],
  [
    "a loss that depends on other examples",
    lossContract({ ...meanSquaredError, build: (y, t, o) => g.mul(meanSquaredError.build(y, t, o), g.mean(y)) }),
    /does not depend on the others/,
  ],
  [
    "an initializer whose numbers are not those that it declares",
    initializerContract({ ...initializers.he, moments: () => ({ mean: 0, std: 1 }) }),
    /mean and standard deviation/,
  ],
  [
    "an optimizer that climbs",
    optimizerContract({
      ...sgd,
      update: ({ parameter, gradient }, { learningRate }) => ({ parameter: g.add(parameter!, g.mul(learningRate!, gradient!)) }),
    }),
    /bottom of a quadratic/,
  ],
  [
    "an optimizer that hides NaN",
    optimizerContract({
      ...sgd,
      update: ({ parameter, gradient }, { learningRate }) => ({
        parameter: g.sub(parameter!, g.mul(learningRate!, g.select(g.equal(gradient!, gradient!), gradient!, 0))),
      }),
    }),
    /NaN is seen/,
  ],
  [
    "a metric that sees the first example alone",
    metricContract({
      ...metrics.accuracy,
      compute: (given, options) =>
        metrics.accuracy.compute(
          {
            ...given,
            count: Math.min(given.count, 1),
            predictions: given.predictions.slice(0, given.width),
            targets: Array.from(given.targets).slice(0, 1),
          },
          options,
        ),
    }),
    /order of the examples|best where all is right/,
  ],
  ["a penalty of a number each", penaltyContract({ ...penalties.l2, apply: (weight) => g.mul(weight, weight) }), /one number/],
  [
    "a constraint that goes on shrinking",
    constraintContract({ ...constraints.maxNorm, apply: (weight) => g.mul(weight, 0.5) }),
    /allowed once/,
  ],
  ["a schedule above 1", scheduleContract({ ...schedules.constant, multiplier: () => 1.5 }), /share in \[0, 1\]/],
  [
    "a preprocessing that looks at its neighbours",
    preprocessingContract({ ...preprocessing.standardise, apply: (values) => values.map((x) => x - values[0]!) }),
    /beside it/,
  ],
  [
    "an augmentation that writes into the image that it is given",
    augmentationContract({ ...augmentations.flip, apply: (image, out) => out.set(image.fill(0.5)) }),
    /leaves the image/,
  ],
  [
    "an augmentation that leaves pixels as they were",
    augmentationContract({ ...augmentations.cutout, apply: (image, out) => out.set(image.subarray(1)) }),
    /finite pixels/,
  ],
  [
    "a sampler that gives values to what does not count",
    samplerContract({ ...samplers.random, suggest: (context) => ({ inner: 0.5, ...samplers.random.suggest(context, {}) }) }),
    /lies in the space/,
  ],
  [
    "a sampler that learns nothing",
    samplerContract({ ...samplers.sobol, learns: true, suggest: () => ({ x: 9, y: 9 }) }),
    /nearer/,
  ],
  [
    "a pruner that takes the worst for the best",
    prunerContract({
      ...pruners.successiveHalving,
      judge: (context, options) =>
        pruners.successiveHalving.judge({ ...context, goal: context.goal === "min" ? "max" : "min" }, options),
    }),
    /the best of all trials/,
  ],
];

test.each(faults)("%s", (_, checks, seenBy) => {
  const failed = checks.filter(({ run }) => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      return true;
    }
    return false;
  });
  expect(failed.map(({ name }) => name).filter((name) => seenBy.test(name))).not.toEqual([]);
});
