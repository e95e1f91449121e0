/**
 * Which weight has which penalty and constraint: its layer's own, or else that of the block around it, or of the run; and the numbers
 * that they read.
 */
import { DocumentError } from "../core/errors.ts";
import type { Chosen, Run, RunLayer } from "../document/run-document.ts";
import { add, scalar, type Tensor } from "../graph/index.ts";
import { allLayers } from "../nn/blocks.ts";
import type { ModelParameter } from "../nn/model.ts";
import { numbersOf } from "../optim/apply.ts";
import type { WeightRule } from "../optim/weight-rule.ts";

type Kind = "penalty" | "constraint";

/** A definition with leaves for its numbers. */
interface Bound {
  readonly definition: WeightRule;
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export class Regularizers {
  /** Values of the scalars that programs read: "penalty.strength", "penalty.dense1.strength". */
  readonly numbers: Record<string, number> = {};
  private readonly layers: readonly RunLayer[];
  private readonly bound = new Map<string, Bound>();

  constructor(run: Run) {
    this.layers = allLayers(run.layers);
    for (const kind of ["penalty", "constraint"] as const) {
      this.bind(kind, run[kind]);
      for (const layer of this.layers) this.bind(`${kind}.${layer.name}`, layer[kind]);
    }
  }

  private bind(key: string, chosen: Chosen<WeightRule> | undefined): void {
    if (!chosen) return;
    const scalars: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(numbersOf(chosen.options))) {
      scalars[name] = scalar(`${key}.${name}`);
      this.numbers[`${key}.${name}`] = value;
    }
    this.bound.set(key, { definition: chosen.definition, scalars });
  }

  private of(kind: Kind, { layer, isWeight }: ModelParameter): Bound | undefined {
    if (!isWeight) return undefined;
    // Its own, else that of the block around it, and so on outwards: "residual1.dense1", "residual1".
    for (let name = layer; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
      const bound = this.bound.get(`${kind}.${name}`);
      if (bound) return bound;
    }
    return this.bound.get(kind);
  }

  /**
   * The loss and what the weights cost; biases and the parameters of batch normalisation cost nothing.
   *
   * @throws DocumentError  a layer without weights has a penalty or constraint of its own
   */
  penalised(loss: Tensor, parameters: readonly ModelParameter[]): Tensor {
    const withWeights = new Set(parameters.filter(({ isWeight }) => isWeight).map(({ layer }) => layer));
    for (const { name, definition, penalty, constraint } of this.layers) {
      const hasWeights = [...withWeights].some((layer) => layer === name || layer.startsWith(`${name}.`));
      if (hasWeights || !(penalty || constraint)) continue;
      throw new DocumentError("E_DOCUMENT_REGULARIZER", {
        message: `${definition.name} '${name}' has no weights for its ${penalty ? "penalty" : "constraint"}`,
        hint: `Layers with weights: ${[...withWeights].join(", ") || "none"}.`,
      });
    }
    return this.costs(parameters).reduce((total, cost) => add(total, cost), loss);
  }

  /** What the weights cost in all; undefined where nothing has a penalty. */
  cost(parameters: readonly ModelParameter[]): Tensor | undefined {
    const [first, ...others] = this.costs(parameters);
    return first && others.reduce((total, cost) => add(total, cost), first);
  }

  private costs(parameters: readonly ModelParameter[]): Tensor[] {
    return parameters.flatMap((parameter) => {
      const one = this.of("penalty", parameter);
      return one ? [one.definition.apply(parameter.tensor, one.scalars)] : [];
    });
  }

  /** A parameter's new value, brought back to where its constraint wants it. */
  constrained(value: Tensor, parameter: ModelParameter): Tensor {
    const one = this.of("constraint", parameter);
    return one ? one.definition.apply(value, one.scalars) : value;
  }
}
