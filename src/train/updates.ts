/**
 * What a training step writes back, given its gradients: clipped, taken by the optimizer, brought back to where constraints want the
 * weights, and averaged.
 *
 * Order    gradients of the penalised loss; clip by value; clip by global norm; optimizer; constraint; average.
 * Source   global norm: Pascanu, Mikolov & Bengio 2013, algorithm 1, arXiv:1211.5063, over all parameters at once. Averages of
 *          weights: Polyak & Juditsky 1992; the decaying form as in PyTorch's get_ema_multi_avg_fn: the first average is the first
 *          weights.
 */
import type { Run } from "../document/run-document.ts";
import {
  type Assignment,
  add,
  assign,
  div,
  flush,
  greater,
  maximum,
  minimum,
  mul,
  neg,
  scalar,
  select,
  sqrt,
  state,
  sub,
  sum,
  type Tensor,
} from "../graph/index.ts";
import type { Model } from "../nn/model.ts";
import { createScalars, createSlots, flushBelow, updateParameter } from "../optim/apply.ts";
import type { Regularizers } from "./regularizers.ts";

/** Run-time numbers of a step that are not the optimizer's. */
export const updateScalars = {
  clipValue: "clip.value",
  clipNorm: "clip.norm",
  /** Share of the new weights in their average. */
  averageShare: "average.share",
  /** 0 at the first batch of a step, 1 at the others. */
  accumulateKeep: "accumulate.keep",
  /** 1 / examples of a step. */
  accumulateScale: "accumulate.scale",
} as const;

export class Updates {
  private readonly run: Run;
  private readonly model: Model;
  private readonly regularizers: Regularizers;
  private readonly scalars: Readonly<Record<string, Tensor>>;
  private readonly slots = new Map<Tensor, Record<string, Tensor>>();
  private readonly averages = new Map<Tensor, Tensor>();
  private readonly numbers = new Map<string, Tensor>();
  private readonly sums = new Map<Tensor, Tensor>();

  constructor(run: Run, model: Model, regularizers: Regularizers) {
    this.run = run;
    this.model = model;
    this.regularizers = regularizers;
    this.scalars = createScalars(run.optimizer.definition, run.optimizer.options);
  }

  /** What steps remember of each parameter, and the averages: all that a checkpoint holds beside the model's own tensors. */
  get kept(): Tensor[] {
    return [...[...this.slots.values()].flatMap((slots) => Object.values(slots)), ...this.averages.values()];
  }

  /** The average of each parameter and running statistic, where the run asks for it. */
  get averageOf(): ReadonlyMap<Tensor, Tensor> {
    return this.averages;
  }

  /** The assignments of a step. `states` are what layers write back in the same program. */
  step(gradients: readonly Tensor[], states: readonly Assignment[]): Assignment[] {
    const { definition } = this.run.optimizer;
    const clipped = this.clipped(gradients);
    const assignments = this.model.parameters.flatMap((modelParameter, i) => {
      const { tensor, isWeight } = modelParameter;
      const slots = remembered(this.slots, tensor, () => createSlots(definition, tensor));
      return updateParameter(definition, tensor, clipped[i]!, slots, this.scalars, { isWeight }, (value) =>
        this.regularizers.constrained(value, modelParameter),
      );
    });
    const all = [...assignments, ...states];
    return this.run.average ? [...all, ...this.averaged(all)] : all;
  }

  private clipped(gradients: readonly Tensor[]): readonly Tensor[] {
    const { value, norm } = this.run.clip ?? {};
    let result = gradients;
    if (value !== undefined) {
      const limit = this.number("clipValue");
      result = result.map((gradient) => maximum(minimum(gradient, limit), neg(limit)));
    }
    if (norm !== undefined) {
      const limit = this.number("clipNorm");
      const length = sqrt(result.map((gradient) => sum(mul(gradient, gradient))).reduce((total, one) => add(total, one)));
      // Gradients within the limit keep their bits.
      const factor = select(greater(length, limit), div(limit, length), 1);
      result = result.map((gradient) => mul(gradient, factor));
    }
    return result;
  }

  private averaged(assignments: readonly Assignment[]): Assignment[] {
    const share = this.number("averageShare");
    const { parameters, states } = this.model;
    return [...parameters, ...states].map(({ tensor }) => {
      const average = remembered(this.averages, tensor, () => state(`${tensor.name}/average`, tensor.shape));
      const value = assignments.find((one) => one.state === tensor)?.value ?? tensor;
      return assign(average, add(average, mul(share, sub(value, average))));
    });
  }

  /** Adds the gradients of a batch to what the batches of the step have given so far. */
  accumulate(gradients: readonly Tensor[]): Assignment[] {
    const keep = this.number("accumulateKeep");
    return this.model.parameters.map(({ tensor }, i) => {
      const total = this.sumOf(tensor);
      return assign(total, flush(add(mul(keep, total), gradients[i]!), flushBelow));
    });
  }

  /** The gradients of the mean over all batches of a step. */
  accumulated(): Tensor[] {
    const scale = this.number("accumulateScale");
    return this.model.parameters.map(({ tensor }) => mul(this.sumOf(tensor), scale));
  }

  /** A run-time number; programs share its leaf. */
  private number(name: keyof typeof updateScalars): Tensor {
    return remembered(this.numbers, name, () => scalar(updateScalars[name]));
  }

  private sumOf(tensor: Tensor): Tensor {
    return remembered(this.sums, tensor, () => state(`${tensor.name}/gradientSum`, tensor.shape));
  }
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
