/** Runs as lists of events, made by hand: what a check must find, and what it must let pass. */
import type {
  EpochEnded,
  LayerProbe,
  ParameterProbe,
  ProbeTaken,
  RunEnded,
  RunEvent,
  RunStarted,
} from "../../src/core/events.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { ResolvedDocument, RunDocument } from "../../src/document/run-document.ts";
import { isProbed } from "../../src/train/probe.ts";

export interface Trace {
  readonly name: string;
  readonly document: ResolvedDocument;
  readonly events: readonly RunEvent[];
}

const documentOf = (document: Partial<RunDocument>): ResolvedDocument =>
  resolveRun({
    data: "mnist",
    model: [{ kind: "dense", units: 100 }, "relu", { kind: "dense", units: 100 }, "relu", { kind: "dense", units: 10 }],
    optimizer: { kind: "sgd", learningRate: 0.1 },
    ...document,
  }).document;

/** A layer in good health. */
export const layer = (name: string, over: Partial<LayerProbe> = {}): LayerProbe => ({
  layer: name,
  kind: "relu",
  units: 100,
  mean: 0.4,
  deviation: 0.6,
  spread: 0.55,
  silent: 0.05,
  twins: 0,
  histogram: { from: 0, to: 3, counts: [50, 30, 15, 5] },
  ...over,
});

/** A weight in good health. */
export const weight = (name: string, over: Partial<ParameterProbe> = {}): ParameterProbe => ({
  parameter: `${name}.weight`,
  layer: name,
  isWeight: true,
  size: 10_000,
  norm: 10,
  gradientNorm: 0.1,
  updateNorm: 0.01,
  ...over,
});

const healthyLayers = [layer("relu1"), layer("relu2"), layer("dense3", { kind: "dense", units: 10, mean: 0, silent: 0 })];
const healthyWeights = [weight("dense1"), weight("dense2"), weight("dense3")];

/** What differs from a run of 300 steps in three epochs that goes well. */
export interface Story {
  readonly document?: Partial<RunDocument>;
  readonly steps?: number;
  readonly epochs?: number;
  readonly examples?: RunStarted["examples"];
  /** After so many steps. */
  loss?(step: number): number;
  layers?(step: number): readonly LayerProbe[];
  parameters?(step: number): readonly ParameterProbe[];
  epoch?(epoch: number): Pick<EpochEnded, "training" | "validation">;
  readonly ended?: Partial<Omit<RunEnded, "metrics">>;
  readonly metrics?: Partial<RunEnded["metrics"]>;
}

const falling = (step: number) => 0.2 + 2.1 * (20 / (20 + step));

/** The events of a run, as training gives them: looks as `isProbed` says, news every fifth step. */
export function trace(name: string, story: Story = {}): Trace {
  const { steps = 300, epochs = 3, examples = { training: 10_000, validation: 1000, test: 1000 } } = story;
  const { loss = falling, layers = () => healthyLayers, parameters = () => healthyWeights } = story;
  const last = story.ended?.step ?? steps;
  const stepsPerEpoch = steps / epochs;
  const epochOf = (step: number) => Math.max(1, Math.ceil(step / stepsPerEpoch));
  const {
    epoch: scores = (epoch: number) => ({
      training: { loss: loss(epoch * stepsPerEpoch), accuracy: 0.8 + 0.05 * epoch },
      validation: { loss: 1.05 * loss(epoch * stepsPerEpoch), accuracy: 0.78 + 0.05 * epoch },
    }),
  } = story;
  const started: RunStarted = {
    type: "run.started",
    version: 1,
    at: "2026-11-23T00:00:00.000Z",
    data: "toy",
    engine: "wasm",
    numerics: "fused",
    threads: 1,
    seed: 1,
    model: "784-100-100-10",
    parameters: 30_000,
    memoryBytes: 1 << 20,
    compileMs: 10,
    examples,
    batchSize: 100,
    epochs,
    stepsPerEpoch,
    steps,
  };
  const look = (step: number): ProbeTaken => ({
    type: "probe.taken",
    step,
    epoch: step === 0 ? 0 : epochOf(step),
    loss: loss(step),
    layers: layers(step),
    // Before the first step nothing has changed them.
    parameters: parameters(step).map(({ updateNorm, ...rest }) => (step === 0 ? rest : { ...rest, updateNorm: updateNorm! })),
  });
  const events: RunEvent[] = [started, look(0)];
  for (let step = 1; step <= last; step++) {
    const epoch = epochOf(step);
    if (step % 5 === 0) {
      const scored = { loss: loss(step) };
      events.push({
        type: "train.progress",
        step,
        epoch,
        scores: scored,
        learningRate: 0.1,
        stepsPerSecond: 1000,
        seconds: step,
      });
    }
    if (isProbed(step, steps, 200)) events.push(look(step));
    if (step % stepsPerEpoch === 0) events.push({ type: "epoch.ended", step, epoch, ...scores(epoch), seconds: step });
  }
  const atEnd = scores(epochOf(last));
  events.push({
    type: "run.ended",
    status: "completed",
    at: "2026-11-23T00:01:00.000Z",
    step: last,
    epoch: epochOf(last),
    ...story.ended,
    metrics: {
      trainLoss: atEnd.training.loss,
      ...(atEnd.training.accuracy !== undefined && { trainAccuracy: atEnd.training.accuracy }),
      ...(atEnd.validation && { validationLoss: atEnd.validation.loss }),
      ...(atEnd.validation?.accuracy !== undefined && { validationAccuracy: atEnd.validation.accuracy }),
      trainSeconds: 1,
      stepsPerSecond: 300,
      ...story.metrics,
    },
  });
  return { name, document: documentOf(story.document ?? {}), events };
}

/** Runs in which there is nothing to be found, by any check. */
export const cleanTraces: readonly Trace[] = [
  trace("a run that goes well"),
  trace("an end that hardly learns any more", {
    loss: (step) => 2.3 * 0.95 ** step + 0.001,
    parameters: () => healthyWeights.map((one) => ({ ...one, updateNorm: 1e-7 })),
    epoch: () => ({ training: { loss: 0.001, accuracy: 0.99 }, validation: { loss: 0.05, accuracy: 0.98 } }),
  }),
  trace("weights that were trained before", {
    loss: () => 0.0005,
    epoch: () => ({ training: { loss: 0.0005, accuracy: 1 }, validation: { loss: 0.02, accuracy: 0.99 } }),
  }),
  trace("values instead of classes", {
    epoch: (epoch) => ({ training: { loss: falling(100 * epoch) }, validation: { loss: 1.2 * falling(100 * epoch) } }),
  }),
  trace("no data held out", { epoch: (epoch) => ({ training: { loss: falling(100 * epoch), accuracy: 0.9 } }) }),
  trace("a run that was stopped", { ended: { step: 42, status: "stopped", code: "stopRequested" } }),
  trace("one step", { steps: 1, epochs: 1 }),
];
