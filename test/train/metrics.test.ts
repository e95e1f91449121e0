/** Metrics of a run: in its events, at its end, and as what it is monitored by. */
import { expect, test } from "vitest";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { confusionMatrix, f1, topK } from "../../src/nn/metrics/definitions.ts";
import { Session } from "../../src/train/session.ts";
import { train } from "../../src/train/train.ts";
import { raised } from "../data/raised.ts";
import { blobs, plane, runOf } from "./toy.ts";

const data = blobs({ count: 90, classes: 3, features: 4 });
const open = (more: object) => new Session(runOf({ validation: 31, ...more }), data, { engine: wasmEngine });

test("metrics are of all predictions of a part, under their names", () => {
  const metrics = ["confusionMatrix", { kind: "f1", name: "each", average: "none" }, "accuracy", topK({ k: 2 }), f1];
  const session = open({ metrics });
  const events = [...train(session)];
  const ended = events[events.length - 1]!;
  const epoch = events.findLast((event) => event.type === "epoch.ended")!;
  if (ended.type !== "run.ended") throw new Error(ended.type);
  expect(ended.metrics.validationMetrics).toEqual(epoch.validation!.metrics);
  const { validation } = epoch;
  const matrix = validation!.metrics!.confusionMatrix as number[][];
  expect(matrix.flat().reduce((sum, one) => sum + one, 0)).toBe(31);
  const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
  // Counted on the device and on the host.
  expect(validation!.metrics!.accuracy).toBeCloseTo(validation!.accuracy!, 12);
  expect(right / 31).toBeCloseTo(validation!.accuracy!, 12);
  expect(validation!.metrics!.each).toHaveLength(3);
  const { values, width, count } = session.evaluation.predictions("test")!;
  expect([width, count]).toEqual([3, 30]);
  const targets = session.evaluation.targets("test");
  expect(ended.metrics.testMetrics!.confusionMatrix).toEqual(
    confusionMatrix.compute({ predictions: values, width, count, targets, classes: 3 }, {}),
  );
});

test("a metric can be what the best weights are known by", () => {
  const session = open({ metrics: ["f1"], training: { batchSize: 16, epochs: 6, monitor: "f1" } });
  const events = [...train(session)];
  const scores = events.flatMap((event) => (event.type === "epoch.ended" ? [event.validation!.metrics!.f1 as number] : []));
  expect(events[events.length - 1]).toMatchObject({ metrics: { bestEpoch: scores.indexOf(Math.max(...scores)) + 1 } });
});

test("what cannot be measured or monitored is refused", () => {
  expect(raised(() => open({ metrics: ["rSquared"] }))).toMatch(/^DocumentError E_DOCUMENT_METRIC: .*'rSquared'/);
  const regression = () =>
    new Session(runOf({ model: [{ kind: "dense", units: 1 }], metrics: ["f1"] }), plane(20, 3), { engine: wasmEngine });
  expect(raised(regression)).toMatch(/^DocumentError E_DOCUMENT_METRIC: .*'f1'/);
  expect(raised(() => open({ metrics: ["f1", "f1"] }))).toContain("metrics[1].name: expected a name that is not taken");
  const listed = open({ metrics: ["confusionMatrix"], training: { monitor: "confusionMatrix", epochs: 1 } });
  expect(raised(() => [...train(listed)])).toMatch(/^DocumentError E_DOCUMENT_MONITOR: /);
  const perClass = open({
    metrics: [{ kind: "f1", average: "none" }],
    training: { monitor: "f1", epochs: 1 },
  });
  expect(raised(() => [...train(perClass)])).toContain("gives 3 of them");
});
