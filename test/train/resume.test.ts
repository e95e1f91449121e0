/** A run that goes on from any of its checkpoints ends with the same file to the byte, whatever parts it has. */
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import type { RunDocument } from "../../src/document/run-document.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { activations } from "../../src/nn/activations/index.ts";
import { constraints } from "../../src/optim/constraints/index.ts";
import { optimizers } from "../../src/optim/optimizers/index.ts";
import { penalties } from "../../src/optim/penalties/index.ts";
import { schedules } from "../../src/optim/schedules/index.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { Session } from "../../src/train/session.ts";
import { type ResumeFrom, Trainer } from "../../src/train/train.ts";
import { raised } from "../data/raised.ts";
import { blobs, pictures, runOf } from "./toy.ts";

type Document = Partial<RunDocument> & { validation?: number };

interface Kept {
  readonly last: Uint8Array;
  readonly best: Uint8Array | undefined;
}

const dataOf = (document: Document) =>
  JSON.stringify(document.model ?? "").includes("2d")
    ? pictures({ count: 40, side: 6, classes: 3 })
    : blobs({ count: 60, classes: 3, features: 4 });

/** Trains to the end, with a checkpoint after each event. */
function trainAll(document: Document, resume?: ResumeFrom): { kept: Kept[]; last: string; best: string; events: RunEvent[] } {
  const session = new Session(runOf(document), dataOf(document), { engine: wasmEngine });
  const trainer = new Trainer(session, resume ? { resume } : {});
  const kept: Kept[] = [];
  const events: RunEvent[] = [];
  for (const event of trainer.events()) {
    events.push(event);
    kept.push({ last: trainer.checkpoint(), best: trainer.best()?.bytes });
  }
  const end = kept[kept.length - 1]!;
  return { kept, events, last: text(end.last), best: end.best ? text(end.best) : "" };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const from = ({ last, best }: Kept): ResumeFrom => ({
  checkpoint: decodeCheckpoint(last, "last"),
  ...(best && { best: decodeCheckpoint(best, "best") }),
});

/** What a run tells of its end, without times. */
function endOf(events: readonly RunEvent[]) {
  const ended = events[events.length - 1]!;
  if (ended.type !== "run.ended") throw new Error(`the run ended with ${ended.type}`);
  const { trainSeconds: _, stepsPerSecond: __, ...metrics } = ended.metrics;
  return { status: ended.status, step: ended.step, epoch: ended.epoch, code: ended.code, metrics };
}

const base: Document = {
  validation: 12,
  model: [{ kind: "dense", units: 6 }, "batchNorm", "tanh", { kind: "dropout", rate: 0.3 }, { kind: "dense", units: 3 }],
  training: { batchSize: 10, epochs: 3 },
};
const all: Document = {
  ...base,
  optimizer: { kind: "adam", learningRate: 0.05 },
  schedule: { kind: "onPlateau", patience: 0, factor: 0.5, warmup: 3 },
  penalty: "l2",
  constraint: { kind: "maxNorm", limit: 1 },
  clip: { norm: 0.5, value: 0.3 },
  average: { decay: 0.9 },
  training: { batchSize: 5, accumulate: 2, epochs: 6, earlyStopping: { patience: 2, minDelta: 0.02 } },
};
const only = (more: Document): Document => ({ ...base, ...more });

const documents: readonly (readonly [string, Document])[] = [
  ["plain", base],
  ["all at once", all],
  ["without validation data", { ...all, validation: 0 }],
  ["drawn with replacement", only({ training: { batchSize: 10, iterations: 11, order: "withReplacement" } })],
  ["a batch left over", only({ training: { batchSize: 9, accumulate: 2, epochs: 3 } })],
  ["monitored accuracy", only({ training: { batchSize: 10, epochs: 4, monitor: "accuracy", earlyStopping: { patience: 1 } } })],
  [
    "images",
    only({ model: [{ kind: "conv2d", filters: 3, kernel: 3 }, "batchNorm", "relu", "maxPool2d", { kind: "dense", units: 3 }] }),
  ],
  ["layer normalisation", only({ model: [{ kind: "dense", units: 5 }, "layerNorm", "relu", { kind: "dense", units: 3 }] })],
  [
    "stochastic depth",
    only({
      model: [
        {
          kind: "residual",
          survival: 0.7,
          layers: [{ kind: "dense", units: 4 }, "tanh", { kind: "dropout", rate: 0.2, form: "vanilla" }],
        },
        { kind: "dense", units: 3 },
      ],
    }),
  ],
  [
    "changed images",
    only({
      augmentation: ["shift", "flip", "rotate", { kind: "cutout", size: 2 }],
      model: [{ kind: "conv2d", filters: 2, kernel: 3 }, "relu", { kind: "dense", units: 3 }],
      training: { batchSize: 7, accumulate: 2, epochs: 3 },
    }),
  ],
  ["standardised inputs", only({ preprocessing: ["standardise", { kind: "whiten" }] })],
  ...optimizers.names.map((optimizer) => [`optimizer ${optimizer}`, only({ optimizer })] as const),
  ...schedules.all.map(
    ({ name, examples }) => [`schedule ${name}`, only({ schedule: { ...examples[0], kind: name, warmup: 2 } })] as const,
  ),
  ...penalties.names.map((penalty) => [`penalty ${penalty}`, only({ penalty })] as const),
  ...constraints.names.map((constraint) => [`constraint ${constraint}`, only({ constraint })] as const),
  ...activations.names.map(
    (kind) => [`activation ${kind}`, only({ model: [{ kind: "dense", units: 5 }, kind, { kind: "dense", units: 3 }] })] as const,
  ),
];

describe.each(documents)("a run with %s", (_, document) => {
  test("goes on from a checkpoint after any event to the same bits", () => {
    const whole = trainAll(document);
    const places = whole.kept.length;
    // Each checkpoint would take long for all of these; these come by in the first, a middle and the last epoch.
    for (const place of new Set([1, Math.floor(places / 3), Math.floor((2 * places) / 3), places - 2])) {
      const rest = trainAll(document, from(whole.kept[place]!));
      expect(rest.last === whole.last, `last, from event ${place} of ${places}`).toBe(true);
      expect(rest.best === whole.best, `best, from event ${place} of ${places}`).toBe(true);
      expect(endOf(rest.events)).toEqual(endOf(whole.events));
      expect(rest.events[0]).toMatchObject({ type: "run.resumed" });
    }
  });
});

test("every checkpoint of a run goes on to the same bits, and tells the same events from there", () => {
  const whole = trainAll(all);
  const told = (events: readonly RunEvent[], after: number) =>
    events
      .filter((event) => "step" in event && event.step > after && event.type !== "run.ended")
      .map((event) => ({ ...event, seconds: 0, stepsPerSecond: 0 }));
  for (const kept of whole.kept) {
    const rest = trainAll(all, from(kept));
    const { step } = JSON.parse(decodeCheckpoint(kept.last, "last").metadata.state!) as { step: number };
    expect(rest.last === whole.last, `from step ${step}`).toBe(true);
    expect(told(rest.events, step)).toEqual(told(whole.events, step));
  }
});

test("early stopping ends the run when nothing becomes better, with the best weights in place", () => {
  // A rate at which the loss does not fall for long.
  const optimizer = { kind: "adam", learningRate: 0.5 };
  const training = { batchSize: 10, epochs: 60, earlyStopping: { patience: 2 } };
  const { events, kept } = trainAll({ ...base, optimizer, average: { decay: 0.1 }, training });
  const ended = endOf(events);
  expect(ended).toMatchObject({ status: "completed", code: "earlyStopping" });
  const epochs = events.filter((event) => event.type === "epoch.ended");
  const losses = epochs.map(({ validation }) => validation!.loss);
  expect(ended.metrics.bestEpoch).toBe(ended.epoch - 2);
  expect(ended.metrics.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  // The scores at the end are those of the epoch's end; the weights of the best file are not those of the last.
  const { best, last } = kept[kept.length - 1]!;
  const [a, b] = [decodeCheckpoint(best!, "best"), decodeCheckpoint(last, "last")];
  expect([...a.tensors.keys()]).toEqual([...b.tensors.keys()].filter((name) => !name.includes("/")));
  expect([...a.tensors.get("dense1.weight")!.values]).not.toEqual([...b.tensors.get("dense1.weight/average")!.values]);
});

describe("a checkpoint is refused", () => {
  const { kept } = trainAll(base);
  const good = kept[2]!;
  const resume = (document: Document, kept: Kept, force = false) =>
    raised(() => trainAll(document, { ...from(kept), force }).last);
  const changed = (metadata: Record<string, string>): Kept => {
    const { tensors, metadata: before } = decodeCheckpoint(good.last, "last");
    const list = [...tensors].map(([name, tensor]) => ({ name, ...tensor }));
    const { checksum: _, ...rest } = before;
    return { last: encodeCheckpoint(list, { ...rest, ...metadata }), best: undefined };
  };

  test("where a byte of it has changed, wherever it lies", () => {
    for (let at = 0; at < good.last.length; at += 97) {
      const bytes = good.last.slice();
      bytes[at]! ^= 0x10;
      expect(
        raised(() => decodeCheckpoint(bytes, "last.safetensors")),
        `byte ${at}`,
      ).toMatch(/^(DataError E_CHECKPOINT_DAMAGED|TrainingError E_CHECKPOINT_FORMAT): .*last\.safetensors/);
    }
    expect(raised(() => decodeCheckpoint(good.last.subarray(0, 500), "cut"))).toMatch(/^DataError E_CHECKPOINT_DAMAGED/);
  });
  test("where the numerics are others", () => {
    const other = changed({ numerics: "portable" });
    expect(resume(base, other)).toMatch(/^TrainingError E_RESUME_NUMERICS: .*'portable'/);
  });
  test("where the data are others, unless that is asked for", () => {
    const other = changed({ data: "0" });
    expect(resume(base, other)).toMatch(/^TrainingError E_RESUME_DATA: /);
    expect(() => trainAll(base, { ...from(other), force: true })).not.toThrow();
  });
  test("where the document is another", () => {
    expect(resume({ ...base, seed: 2 }, good)).toMatch(/^TrainingError E_RESUME_DOCUMENT: /);
    const wider = { ...base, model: [{ kind: "dense", units: 7 }, ...base.model!.slice(1)] };
    expect(resume(wider, good, true)).toMatch(/^TrainingError E_CHECKPOINT_MISFIT: .*dense1\.weight.*\[4, 6\].*\[4, 7\]/);
  });
  test("where it holds weights alone", () => {
    const { kept } = trainAll(base);
    const { best } = kept[kept.length - 1]!;
    expect(resume(base, { last: best!, best: undefined })).toMatch(/^TrainingError E_RESUME_WEIGHTS: /);
  });
});
