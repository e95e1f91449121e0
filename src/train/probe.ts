/**
 * Looks into a model while it trains: what its layers give for the same training examples each time, how large gradients and weights
 * are, and how much a step changes them.
 *
 * The program that looks is compiled by itself, over copies of the parameters: that of the training is the same with it and without.
 */
import type { LayerProbe, ParameterProbe, ProbeTaken } from "../core/events.ts";
import { foldIn, foldNumber, type RandomKey } from "../core/random.ts";
import { lengthOf } from "../core/vectors.ts";
import type { Dataset } from "../data/dataset.ts";
import { copyRows } from "../data/rows.ts";
import type { FirstLook } from "../doctor/examiner.ts";
import type { Engine, Executable, Numerics } from "../engine/engine.ts";
import { programInputs, type Tensor, topologicalOrder } from "../graph/index.ts";
import { fewestRows } from "../nn/blocks.ts";
import type { ProbeProgram, RunPrograms } from "./build.ts";
import { brief, unitStatistics } from "./unit-statistics.ts";

/** Examples that are looked at, unless there are fewer, or they take too much memory. */
const mostRows = 128;
const mostBytes = 1 << 24;
/** Steps between two looks, once the first are over. */
export const defaultProbeEvery = 200;

/**
 * Whether one looks after so many steps: before the first, after the first, second, fourth and so on, then every `every`, and at the end.
 */
export function isProbed(step: number, steps: number, every: number): boolean {
  return step === 0 || step === steps || step % every === 0 || (step < every && (step & (step - 1)) === 0);
}

/** What a probe looks at. */
export interface Probed {
  readonly programs: RunPrograms;
  readonly dataset: Dataset;
  /** Rows of the training tables that are learned from. */
  readonly rows: Uint32Array;
  readonly executable: Executable;
  readonly engine: Engine;
  readonly key: RandomKey;
}

/** A look into a model: see `Session.probe`. */
export class Probe {
  private readonly probed: Probed;
  private readonly built: ProbeProgram;
  private readonly executable: Executable;
  private readonly count: number;
  /** What the program reads of running statistics and the like: in training that may be nothing. */
  private readonly states: readonly Tensor[];
  private before: ReadonlyMap<Tensor, ArrayLike<number>> | undefined;

  /**
   * @throws EngineError  there is no memory for it
   * @internal
   */
  constructor(probed: Probed) {
    const { programs, rows, executable, engine, key } = probed;
    this.probed = probed;
    const fits = Math.max(1, Math.floor(mostBytes / programs.bytesPerRow("train")));
    this.count = Math.max(fewestRows(programs.model.layers), Math.min(mostRows, rows.length, fits));
    this.built = programs.probe(this.count);
    const read = new Set(topologicalOrder(Object.values(this.built.program.outputs)));
    this.states = programs.model.states.map(({ tensor }) => tensor).filter((tensor) => read.has(tensor));
    const numerics = executable.numerics === "float64" ? {} : { numerics: executable.numerics as Numerics };
    this.executable = engine.compile({ probe: this.built.program }, numerics);
    for (const [name, value] of Object.entries(programs.regularizers.numbers)) this.executable.setScalar(name, value);
    // Any rows will do, as long as they are the same each time: those of a shuffled split come in the order of the file.
    const stride = rows.length / this.count;
    const chosen = Array.from({ length: this.count }, (_, i) => rows[Math.floor(i * stride)] ?? rows[i % rows.length]!);
    this.fill(chosen);
    for (const name of this.built.randomInputs)
      foldNumber(foldIn(key, "probe", name), 0, this.executable.input("probe", name) as Int32Array);
  }

  private fill(rows: readonly number[]): void {
    const { train } = this.probed.dataset;
    // A loss of a person's own may leave the targets aside.
    const asked = new Set(programInputs(this.built.program).map(({ name }) => name));
    for (const [name, table] of [["examples", train.inputs] as const, ["targets", train.targets] as const])
      if (asked.has(name)) copyRows(table, rows, this.executable.input("probe", name));
  }

  /** Notes the parameters before a step, so that the next look can tell what it has changed. */
  note(): void {
    const { programs, executable } = this.probed;
    this.before = new Map(programs.model.parameters.map(({ tensor }) => [tensor, executable.readState(tensor)]));
  }

  /** Looks. */
  take(step: number, epoch: number): ProbeTaken {
    const { programs, executable } = this.probed;
    const { parameters } = programs.model;
    const now = new Map(parameters.map(({ tensor }) => [tensor, executable.readState(tensor)] as const));
    for (const [tensor, values] of now) this.executable.writeState(tensor, values);
    for (const tensor of this.states) this.executable.writeState(tensor, executable.readState(tensor));
    this.executable.run("probe");
    const { before } = this;
    this.before = undefined;
    const described = parameters.map(({ tensor, layer, isWeight }): ParameterProbe => {
      const values = now.get(tensor)!;
      const old = before?.get(tensor);
      return {
        parameter: tensor.name!,
        layer,
        isWeight,
        size: values.length,
        norm: brief(lengthOf(values)),
        gradientNorm: brief(Math.sqrt(this.executable.output("probe", `gradient.${tensor.name}`)[0]!)),
        ...(old && { updateNorm: brief(distance(values, old)) }),
      };
    });
    const loss = this.executable.output("probe", "loss")[0]!;
    return { type: "probe.taken", step, epoch, loss, layers: this.layers(), parameters: described };
  }

  private layers(): LayerProbe[] {
    return this.built.layers.map(({ name, definition }) => {
      const { shape } = this.built.program.outputs[`layer.${name}`]!;
      const values = this.executable.output("probe", `layer.${name}`);
      const statistics = unitStatistics(values, shape[shape.length - 1]!, definition.range);
      return { layer: name, kind: definition.name, ...statistics };
    });
  }

  /** How the model begins: its loss, the same with the penalty, and what its last layer gives. */
  first(): FirstLook {
    const { loss, layers } = this.take(0, 0);
    const penalised = this.executable.output("probe", "objective")[0]!;
    const { mean, deviation } = layers[layers.length - 1]!;
    return { loss, penalised, outputs: { mean, deviation } };
  }

  /**
   * The first layer that does not give finite numbers for some examples, with the weights at hand.
   *
   * @param rows  numbers in the training tables; others than those that `take` looks at
   */
  firstNonFinite(rows: ArrayLike<number>): string | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (let at = 0; at < rows.length; at += this.count) {
      this.fill(Array.from({ length: this.count }, (_, i) => rows[Math.min(at + i, rows.length - 1)]!));
      const { layers } = this.take(0, 0);
      const found = layers.findIndex(({ nonFinite = 0 }) => nonFinite > 0);
      if (found >= 0) first = Math.min(first, found);
    }
    return this.built.layers[first]?.name;
  }
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return Math.sqrt(total);
}
