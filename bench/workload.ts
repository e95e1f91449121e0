/** What a workload is: a run document, and the data that it learns. Its work, its data and what peers are told follow from these. */
import type { Choice } from "../src/core/choice.ts";
import type { RunDocument } from "../src/document/run-document.ts";

/** A component as a workload writes it. */
export type ComponentInput = string | Choice;

export interface Workload {
  readonly name: string;
  readonly summary: string;
  /** Batches are sequential. Where `source` is "normal", its `data` is a stand-in, since no such data set is registered. */
  readonly document: RunDocument;
  /** An example as the layers see it: [784], or [height, width, channels]. */
  readonly input: readonly number[];
  /** "normal": random normal inputs and random classes, so that no product can leave out zeros. */
  readonly source: "mnist" | "normal";
  /** The series of workloads in which one size grows, where this is one of it. */
  readonly series?: string;
}

/** A layer, an optimizer or a penalty with its kind, whichever way it was written. */
export interface Component {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** All that a peer needs to train the same network on data of the same kind, as JSON. */
export interface PeerWorkload {
  readonly name: string;
  readonly input: readonly number[];
  readonly source: "mnist" | "normal";
  readonly classes: number;
  readonly batch: number;
  /** Whole batches in memory; the step after the last takes the first again. */
  readonly batches: number;
  readonly layers: readonly Component[];
  readonly optimizer: Component;
  /** Strength lambda of 0.5 lambda sum W^2 over the weights of dense and convolutional layers; 0 for none. */
  readonly l2: number;
}

export const classes = 10;
const mnistRows = 60_000;
/** 128 MB of float32: more than caches hold, and soon drawn. */
const mostNormalValues = 2 ** 25;

const component = (written: ComponentInput): Component => (typeof written === "string" ? { kind: written } : written);

export const layersOf = ({ document }: Workload): readonly Component[] =>
  (document.model as readonly ComponentInput[]).map(component);

export const batchOf = ({ document }: Workload): number => document.training?.batchSize ?? 128;

/** Batches that lie in memory: all whole ones of MNIST; 4 to 100 of random numbers. */
export function batchesOf(workload: Workload): number {
  const batch = batchOf(workload);
  if (workload.source === "mnist") return Math.floor(mnistRows / batch);
  const values = batch * workload.input.reduce((a, b) => a * b, 1);
  return Math.max(4, Math.min(100, Math.floor(mostNormalValues / values)));
}

export function forPeers(workload: Workload): PeerWorkload {
  const { name, input, source, document } = workload;
  const penalty = document.penalty === undefined ? undefined : component(document.penalty as ComponentInput);
  return {
    name,
    input,
    source,
    classes,
    batch: batchOf(workload),
    batches: batchesOf(workload),
    layers: layersOf(workload),
    optimizer: component(document.optimizer as ComponentInput),
    l2: penalty?.kind === "l2" ? (penalty.strength as number) : 0,
  };
}
