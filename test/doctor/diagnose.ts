/** Runs with the doctor watching, over data that are given beside their documents. */
import type { FindingMade, RunEnded } from "../../src/core/events.ts";
import type { Severity } from "../../src/core/findings.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { watched } from "../../src/doctor/watch.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { RunDocument } from "../../src/document/run-document.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { defaultProbeEvery } from "../../src/train/probe.ts";
import { Session } from "../../src/train/session.ts";
import { train } from "../../src/train/train.ts";

/** A run: its document, with what is to be held out of the data in place of the data. */
export interface Case extends Omit<RunDocument, "data"> {
  readonly name: string;
  readonly data: Dataset;
  readonly first?: number;
  readonly validation?: number;
  /** The findings that name its fault, where it has one: one of them must come first. */
  readonly named?: readonly string[];
}

export interface Diagnosis {
  readonly findings: readonly FindingMade[];
  readonly ended: RunEnded;
}

/** The document of a case. It names MNIST, which is not read where other data are given. */
export const documentOf = ({ name: _, data: __, named: ___, first, validation = 0.2, ...rest }: Case): RunDocument => ({
  ...rest,
  data: { kind: "mnist", validation, ...(first !== undefined && { first }) },
});

/** Trains a case to its end. */
export function diagnose(one: Case): Diagnosis {
  const session = new Session(resolveRun(documentOf(one)), one.data, { engine: wasmEngine });
  const findings: FindingMade[] = [];
  for (const event of watched(train(session, { probeEvery: defaultProbeEvery }), session.run.document)) {
    if (event.type === "finding.made") findings.push(event);
    if (event.type === "run.ended") return { findings, ended: event };
  }
  throw new Error("a run ends with its end");
}

const order: readonly Severity[] = ["error", "warning", "note"];

/** "overfitting", without what is only worth knowing. */
export const seriousOf = ({ findings }: Diagnosis): FindingMade[] => findings.filter(({ severity }) => severity !== "note");

/** A line for a person: what was told, in the order of the events. */
export const inShort = ({ findings, ended: { metrics, status } }: Diagnosis): string => {
  const scores = [metrics.trainLoss, metrics.trainAccuracy, metrics.validationLoss, metrics.validationAccuracy];
  const told = findings.map(({ code, step, severity, message }) => `${order.indexOf(severity)} ${code}@${step}: ${message}`);
  return `${status} ${scores.map((one) => one?.toPrecision(3) ?? "-").join(" ")}${told.map((text) => `\n      ${text}`).join("")}`;
};
