/** For each check: runs in which it finds its fault, and runs that come near and in which it finds nothing. */
import type { Severity } from "../../src/core/findings.ts";
import { layer, type Trace, trace, weight } from "./traces.ts";

/** A run with a fault, and what is to be said of it. */
export interface Faulty {
  readonly trace: Trace;
  readonly severity: Severity;
  /** The step at which it is told. */
  readonly step: number;
  readonly evidence: Readonly<Record<string, number>>;
  readonly says: RegExp;
  readonly layer?: string;
  readonly changes?: readonly { readonly path: string; readonly value: unknown }[];
}

export interface CheckTraces {
  readonly finds: readonly Faulty[];
  readonly letsPass: readonly Trace[];
}

const output = layer("dense3", { kind: "dense", units: 10, mean: 0, silent: 0 });
const rate = (value: number) => [{ path: "optimizer.learningRate", value }];
/** A third layer's fault in every look but those that `isSpared`. */
const inLooks = (isFaulty: (step: number) => boolean, over: Parameters<typeof layer>[1]) => (step: number) => [
  layer("relu1"),
  layer("relu2", isFaulty(step) ? over : {}),
  output,
];
const always = () => true;
/** Never in three looks in a row. */
const nowAndThen = (step: number) => step !== 2 && step !== 16 && step !== 128;
/** Gone before it counts. */
const early = (step: number) => step < 16;

export const checkTraces: Readonly<Record<string, CheckTraces>> = {
  nonFinite: {
    finds: [
      {
        trace: trace("NaN in the second step", {
          ended: {
            step: 2,
            status: "failed",
            code: "nonFiniteLoss",
            reason: "the loss became NaN at step 2 (epoch 1)",
            firstNonFinite: { step: 1, name: "dense1.weight", what: "weights" },
          },
        }),
        severity: "error",
        step: 2,
        evidence: { step: 2, firstStep: 1 },
        says: /NaN at step 2 .*first of all 'dense1\.weight', which step 1 made so/,
        layer: "dense1.weight",
        changes: rate(0.01),
      },
      {
        trace: trace("an infinite output later on", {
          ended: {
            step: 120,
            status: "failed",
            code: "nonFiniteLoss",
            firstNonFinite: { step: 120, name: "relu2", what: "outputs" },
          },
        }),
        severity: "error",
        step: 120,
        evidence: { step: 120, firstStep: 120 },
        says: /the outputs of 'relu2', in step 120, for finite weights/,
        layer: "relu2",
      },
      {
        trace: trace("a loss of its own doing, and a rate that no document names", {
          document: { optimizer: "adadelta" },
          ended: { step: 50, status: "failed", code: "nonFiniteLoss", firstNonFinite: { step: 50, name: "loss", what: "loss" } },
        }),
        severity: "error",
        step: 50,
        evidence: { step: 50, firstStep: 50 },
        says: /the loss itself, for finite outputs/,
      },
    ],
    letsPass: [trace("a run that failed of something else", { ended: { step: 50, status: "failed", code: "diskFull" } })],
  },

  explosion: {
    finds: [
      {
        trace: trace("four times the first loss from step 150 on", { loss: (step) => (step < 150 ? 2 * 0.995 ** step : 8) }),
        severity: "error",
        step: 160,
        evidence: { loss: 8, first: 2, factor: 3 },
        says: /the loss is 8, 4 times the 2 that it began with/,
        changes: rate(0.01),
      },
    ],
    letsPass: [
      trace("a jump in the first steps", { loss: (step) => (step >= 5 && step <= 12 ? 20 : 2 / (1 + step / 50)) }),
      trace("a batch that is far off", { loss: (step) => (step === 150 ? 50 : 2 / (1 + step / 50)) }),
      trace("a hill of twice the first loss", { loss: (step) => (step === 20 ? 4.5 : 2 / (1 + step / 50)) }),
      trace("a loss that began at next to nothing", { loss: (step) => (step === 0 ? 1e-5 : 1e-3) }),
    ],
  },

  notLearning: {
    finds: [
      {
        trace: trace("a loss that falls by a thousandth", { loss: (step) => 2.3 - 2e-5 * step }),
        severity: "warning",
        step: 100,
        evidence: { loss: 2.298, first: 2.3, threshold: 0.02, largestUpdate: 1e-3 },
        says: /after 100 of 300 steps the loss is 2\.3, and it was 2\.3 at the start: an improvement of 0\.087 %/,
        changes: rate(1),
      },
      {
        trace: trace("a loss that only jumps about", { loss: (step) => 2.3 + (step % 10 === 0 ? 0.01 : -0.01) }),
        severity: "warning",
        step: 100,
        evidence: { first: 2.31, threshold: 0.02 },
        says: /hardly|improvement of/,
      },
    ],
    letsPass: [
      trace("a plateau that ends before a third", { loss: (step) => (step < 70 ? 2.3 : 2.3 * 0.99 ** (step - 70)) }),
      trace("a single batch as bad as the first", { loss: (step) => (step === 0 || step === 100 ? 2.3 : 1.5 * 0.997 ** step) }),
    ],
  },

  symmetricUnits: {
    finds: [
      {
        trace: trace("units that are copies of each other", { layers: inLooks(always, { twins: 0.99 }) }),
        severity: "error",
        step: 16,
        evidence: { share: 0.99, threshold: 0.5 },
        says: /99 % of the units of 'relu2' give what another unit gives/,
        layer: "relu2",
      },
      {
        trace: trace("weights of zero", {
          loss: () => 2.3,
          layers: () => [layer("relu1", { silent: 1, spread: 0 }), layer("relu2", { silent: 1, spread: 0 }), output],
          parameters: () => [weight("dense1", { norm: 0, updateNorm: 0 }), weight("dense2", { norm: 0, updateNorm: 0 })],
        }),
        severity: "error",
        step: 16,
        evidence: { share: 1, threshold: 0.5 },
        says: /all weights of 'dense1\.weight' are 0, and stay so/,
        layer: "dense1.weight",
      },
    ],
    letsPass: [
      trace("some pairs", { layers: inLooks(always, { twins: 0.3 }) }),
      trace("copies that part", { layers: inLooks(early, { twins: 0.99 }) }),
      trace("a last layer that begins with zeros", {
        parameters: (step) => [weight("dense1"), weight("dense2"), weight("dense3", step === 0 ? { norm: 0 } : {})],
      }),
    ],
  },

  deadUnits: {
    finds: [
      {
        trace: trace("half a layer of ReLU is silent", { layers: inLooks(always, { silent: 0.6 }) }),
        severity: "warning",
        step: 16,
        evidence: { silent: 0.6, units: 100, threshold: 0.4 },
        says: /60 % of the 100 units of 'relu2' give the same for every example/,
        layer: "relu2",
        changes: rate(0.01),
      },
      {
        trace: trace("an output layer that says the same of everything", {
          layers: () => [layer("relu1"), layer("relu2"), { ...output, kind: "relu", silent: 1 }],
        }),
        severity: "warning",
        step: 16,
        evidence: { silent: 1, units: 10 },
        says: /100 % of the 10 units of 'dense3'/,
        layer: "dense3",
      },
    ],
    letsPass: [
      trace("an output layer with some that are silent", {
        layers: () => [layer("relu1"), layer("relu2"), { ...output, kind: "relu", silent: 0.7 }],
      }),
      trace("a third is silent", { layers: inLooks(always, { silent: 0.33 }) }),
      trace("silent now and then", { layers: inLooks(nowAndThen, { silent: 0.9 }) }),
      trace("silent in the first steps", { layers: inLooks(early, { silent: 0.9 }) }),
    ],
  },

  saturatedUnits: {
    finds: [
      {
        trace: trace("most of a layer of tanh at its ends", { layers: inLooks(always, { kind: "tanh", saturated: 0.8 }) }),
        severity: "warning",
        step: 16,
        evidence: { saturated: 0.8, threshold: 0.5 },
        says: /80 % of the outputs of 'relu2' lie at the ends of the range of tanh/,
        layer: "relu2",
      },
    ],
    letsPass: [
      trace("a third at the ends", { layers: inLooks(always, { kind: "tanh", saturated: 0.33 }) }),
      trace("saturated now and then", { layers: inLooks(nowAndThen, { kind: "tanh", saturated: 0.8 }) }),
      trace("an output layer that is sure", {
        layers: () => [layer("relu1"), layer("relu2"), { ...output, kind: "sigmoid", saturated: 0.99 }],
      }),
    ],
  },

  collapsedUnits: {
    finds: [
      {
        trace: trace("a layer that gives a twentieth of the differences", {
          loss: (step) => 2.3 - 1e-4 * step,
          layers: inLooks(always, { spread: 0.0275 }),
        }),
        severity: "warning",
        step: 16,
        evidence: { ratio: 0.05, threshold: 0.1 },
        says: /the outputs of 'relu2' differ from example to example by 0\.05 of what those of 'relu1' do/,
        layer: "relu2",
      },
      {
        trace: trace("six layers that lose three quarters each", {
          loss: (step) => 2.3 - 1e-4 * step,
          layers: () => [
            ...[0, 1, 2, 3, 4, 5].map((i) => layer(`sigmoid${i + 1}`, { kind: "sigmoid", spread: 0.25 ** i })),
            output,
          ],
        }),
        severity: "warning",
        step: 16,
        evidence: { ratio: 0.25 ** 5, threshold: 1e-3 },
        says: /the outputs of 'sigmoid6' differ from example to example by 9\.77e-4 of what those of 'sigmoid1' do/,
        layer: "sigmoid6",
      },
    ],
    letsPass: [
      trace("a layer that gives a fifth", { loss: (step) => 2.3 * 0.999 ** step, layers: inLooks(always, { spread: 0.11 }) }),
      trace("collapsed at the start", { layers: inLooks(early, { spread: 0.01 }) }),
      trace("a last layer of small numbers", { layers: () => [layer("relu1"), layer("relu2"), { ...output, spread: 1e-3 }] }),
    ],
  },

  vanishedWeights: {
    finds: [
      {
        trace: trace("a penalty that halves the weights every eight steps", {
          document: { penalty: { kind: "l2", strength: 3 } },
          loss: (step) => 2.3 * 0.997 ** step,
          parameters: (step) => [1, 2, 3].map((i) => weight(`dense${i}`, { norm: 10 * 0.5 ** (step / 8) })),
        }),
        severity: "warning",
        step: 64,
        evidence: { share: 2 ** -8, threshold: 0.5 },
        says: /no weight is longer than 0\.391 % of what it began with/,
        changes: [{ path: "penalty.strength", value: 0.03 }],
      },
    ],
    letsPass: [
      trace("weights at six tenths of their length", {
        parameters: (step) => [1, 2, 3].map((i) => weight(`dense${i}`, { norm: step === 0 ? 10 : 6 })),
      }),
      trace("one of them gone", { parameters: (step) => [weight("dense1", { norm: step < 16 ? 10 : 0.5 }), weight("dense2")] }),
    ],
  },

  updatesTooLarge: {
    finds: [
      {
        trace: trace("steps of a tenth", {
          loss: (step) => 2 - 1e-3 * step,
          parameters: () => [weight("dense1", { updateNorm: 1 }), weight("dense2"), weight("dense3")],
        }),
        severity: "warning",
        step: 64,
        evidence: { ratio: 0.1, threshold: 0.03, usual: 1e-3 },
        says: /a step changes 'dense1\.weight' by 0\.1 of its length/,
        layer: "dense1.weight",
        changes: rate(0.01),
      },
    ],
    letsPass: [
      trace("long steps that get on", { parameters: () => [weight("dense1", { updateNorm: 1 }), weight("dense2")] }),
      trace("steps of a hundredth", { parameters: () => [weight("dense1", { updateNorm: 0.1 })] }),
      trace("long first steps", { parameters: (step) => [weight("dense1", { updateNorm: step < 16 ? 3 : 0.01 })] }),
      trace("a bias that moves far", {
        parameters: () => [weight("dense1"), weight("dense2", { isWeight: false, updateNorm: 5 })],
      }),
    ],
  },

  updatesTooSmall: {
    finds: [
      {
        trace: trace("steps of a millionth at a high loss", {
          loss: () => 2.3,
          parameters: () => [weight("dense1", { updateNorm: 1e-5 }), weight("dense2", { updateNorm: 1e-6 })],
        }),
        severity: "warning",
        step: 16,
        evidence: { ratio: 1e-6, threshold: 1e-3 / 30, usual: 1e-3 },
        says: /a step changes no weights by more than 1e-6 of their length/,
        changes: rate(10),
      },
    ],
    letsPass: [
      trace("one of the weights moves", {
        parameters: () => [weight("dense1", { updateNorm: 1e-6 }), weight("dense2")],
      }),
    ],
  },

  overfitting: {
    finds: [
      {
        trace: trace("a gap that lasts, and a validation loss that has turned", {
          steps: 600,
          epochs: 6,
          epoch: (epoch) => ({
            training: { loss: 1 / epoch, accuracy: 0.9 + epoch / 60 },
            validation: { loss: 0.8 + 0.1 * epoch, accuracy: 0.7 },
          }),
        }),
        severity: "warning",
        step: 300,
        evidence: { training: 0.95, held: 0.7, gap: 0.25, threshold: 0.1 },
        says: /95 % of the training examples are right and 70 % of the validation examples: a gap of 25 %/,
        changes: [{ path: "penalty", value: { kind: "l2", strength: 1e-3 } }],
      },
      {
        trace: trace("no data held out, and a test that tells", {
          epoch: () => ({ training: { loss: 0.01, accuracy: 1 } }),
          examples: { training: 300, validation: 0, test: 1000 },
          metrics: { testAccuracy: 0.75, testLoss: 1 },
        }),
        severity: "warning",
        step: 300,
        evidence: { training: 1, held: 0.75, gap: 0.25 },
        says: /75 % of the test examples/,
      },
      {
        trace: trace("values, and a validation loss that grows away", {
          document: { penalty: { kind: "l2", strength: 0.1 } },
          steps: 600,
          epochs: 6,
          epoch: (epoch) => ({ training: { loss: 1 / epoch }, validation: { loss: epoch === 1 ? 1 : 1 + epoch / 5 } }),
        }),
        severity: "warning",
        step: 400,
        evidence: { training: 0.25, validation: 1.8, lowest: 1, ratio: 1.5 },
        says: /the validation loss, 1\.8, is 7\.2 times the training loss and grows; its lowest was 1$/,
        changes: [],
      },
    ],
    letsPass: [
      trace("a gap of five hundredths", {
        epoch: () => ({ training: { loss: 0.1, accuracy: 0.95 }, validation: { loss: 0.2, accuracy: 0.9 } }),
      }),
      trace("a gap that so few examples do not prove", {
        examples: { training: 10_000, validation: 20, test: 0 },
        epoch: (epoch) => ({ training: { loss: 0.1, accuracy: 0.95 }, validation: { loss: 0.2 * epoch, accuracy: 0.8 } }),
      }),
      trace("values, and a validation loss that still falls", {
        epoch: (epoch) => ({ training: { loss: 0.1 / epoch }, validation: { loss: 1 / epoch } }),
      }),
    ],
  },

  underfitting: {
    finds: [
      {
        trace: trace("four in ten are right, and no more for long", {
          steps: 900,
          epochs: 9,
          epoch: (epoch) => ({
            training: { loss: 1.6, accuracy: Math.min(0.4, 0.2 + epoch / 20) },
            validation: { loss: 1.6, accuracy: 0.395 },
          }),
        }),
        severity: "note",
        step: 900,
        evidence: { training: 0.4, held: 0.395, gain: 0, accuracy: 0.6, threshold: 0.01 },
        says: /40 % of the training examples are right, 39\.5 % of the others/,
      },
    ],
    letsPass: [
      trace("three epochs are too few to tell", {
        epoch: () => ({ training: { loss: 1.6, accuracy: 0.4 }, validation: { loss: 1.6, accuracy: 0.4 } }),
      }),
      trace("low, and far better on what it has learned from", {
        steps: 900,
        epochs: 9,
        epoch: () => ({ training: { loss: 1.6, accuracy: 0.45 }, validation: { loss: 1.6, accuracy: 0.38 } }),
      }),
      trace("low, and on its way up", {
        steps: 900,
        epochs: 9,
        epoch: (epoch) => ({
          training: { loss: 1.6, accuracy: epoch / 20 },
          validation: { loss: 1.6, accuracy: epoch / 20 },
        }),
      }),
      trace("flat, and high enough", {
        steps: 900,
        epochs: 9,
        epoch: () => ({ training: { loss: 0.9, accuracy: 0.7 }, validation: { loss: 0.9, accuracy: 0.7 } }),
      }),
    ],
  },
};
