/** A model: layers one after the other, and the parameters that they share between the programs of a run. */
import { OsolgilError, ShapeError } from "../core/errors.ts";
import { foldIn, type RandomKey } from "../core/random.ts";
import {
  type Assignment,
  assign,
  input as inputLeaf,
  named,
  parameter,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  state,
  type Tensor,
} from "../graph/index.ts";
import type { Fan } from "./initializers/define.ts";
import type { ChosenInitializer, ChosenLayer, LayerContext, Mode } from "./layers/define.ts";

export type { ChosenLayer } from "./layers/define.ts";

/** A learned tensor of a model, and how it starts. */
export interface ModelParameter {
  readonly tensor: Tensor;
  readonly layer: string;
  readonly initializer: ChosenInitializer;
  readonly fan: Fan;
  /** Weights are what penalties apply to; biases are not. */
  readonly isWeight: boolean;
}

/** What a layer keeps from step to step without learning it. */
export interface ModelState {
  readonly tensor: Tensor;
  readonly initial: number;
}

/** What is told of a pass through a model while its graph is built. */
export interface Traces {
  /** Receives what the layers write back at the end of a training step. */
  readonly updates?: Assignment[];
  /** Receives the names of the inputs that hold random keys; see `randomInputName`. */
  readonly randomInputs?: string[];
  /** Called with each layer and what it gives, those in a block before the block. */
  seen?(layer: ChosenLayer, output: Tensor): void;
}

/** Layers one after the other, with the parameters that they share between the programs of a run. */
export class Model {
  readonly layers: readonly ChosenLayer[];
  private readonly byName = new Map<string, ModelParameter>();
  private readonly stateByName = new Map<string, ModelState>();

  constructor(layers: readonly ChosenLayer[]) {
    this.layers = layers;
  }

  /** Those that the programs built so far have asked for, in the order of the layers. */
  get parameters(): readonly ModelParameter[] {
    return [...this.byName.values()];
  }

  /** Running statistics and the like, in the order of the layers. */
  get states(): readonly ModelState[] {
    return [...this.stateByName.values()];
  }

  /** The number of learned numbers. */
  get parameterCount(): number {
    return this.parameters.reduce((count, { tensor }) => count + sizeOf(tensor.shape), 0);
  }

  /**
   * The graph from an input [batch, ...example] to the last layer's output.
   *
   * @throws ShapeError a layer does not fit the one before it; both are named
   */
  apply(input: Tensor, mode: Mode, traces: Traces = {}): Tensor {
    return this.applyLayers(this.layers, input, "The data give", mode, traces);
  }

  private applyLayers(layers: readonly ChosenLayer[], input: Tensor, source: string, mode: Mode, traces: Traces): Tensor {
    let [x, before] = [input, source];
    for (const layer of layers) {
      const { definition, name, options } = layer;
      const given = before;
      let key: Tensor | undefined;
      const context: LayerContext = {
        name,
        mode,
        before,
        parameter: (local, shape, initializer, fan, { isWeight = false } = {}) =>
          this.parameter(`${name}.${local}`, shape, { layer: name, initializer, fan, isWeight }),
        state: (local, shape, initial) => this.state(`${name}.${local}`, shape, initial),
        update: (kept, value) => traces.updates?.push(assign(kept, value)),
        randomKey: () => {
          if (!key) {
            key = inputLeaf(randomInputName(name), [2], "int32");
            traces.randomInputs?.push(randomInputName(name));
          }
          return key;
        },
        apply: (inside, at) => this.applyLayers(inside, at, given, mode, traces),
      };
      try {
        const result = definition.build(x, options, context);
        // What a layer passes on as it is keeps its name: a leaf under two names would be two leaves.
        x = result === x ? x : named(name, result);
      } catch (error) {
        // What a layer of this one has said is said.
        const isSaid = (message: string) => message.includes(`'${name}'`) || message.includes(`'${name}.`);
        if (!(error instanceof ShapeError) || isSaid(error.message)) throw error;
        const comes = `${before} ${showShape(x.shape)}.`;
        const detail = {
          message: `${definition.name} '${name}': ${error.message}`,
          hint: error.hint === undefined ? comes : `${comes} ${error.hint}`,
          cause: error,
        };
        throw new ShapeError(error.code, detail);
      }
      traces.seen?.(layer, x);
      before = `The layer before it, ${definition.name} '${name}', gives`;
    }
    return x;
  }

  private state(name: string, shape: Shape, initial: number): Tensor {
    const known = this.stateByName.get(name);
    if (known) return known.tensor;
    const tensor = state(name, shape);
    this.stateByName.set(name, { tensor, initial });
    return tensor;
  }

  private parameter(name: string, shape: Shape, made: Omit<ModelParameter, "tensor">): Tensor {
    const known = this.byName.get(name);
    if (known) {
      if (!sameShape(known.tensor.shape, shape)) {
        throw new OsolgilError("E_PARAMETER_SHAPE", {
          message: `parameter '${name}' is ${showShape(known.tensor.shape)} in one program and ${showShape(shape)} in another`,
        });
      }
      return known.tensor;
    }
    const tensor = parameter(name, shape);
    this.byName.set(name, { tensor, ...made });
    return tensor;
  }
}

/** The input that holds the key of a layer's random numbers, and the stream that its keys come from. */
export const randomInputName = (layer: string): string => `random.${layer}`;

/** The numbers that a parameter starts with: a stream of its own, by the parameter's name. */
export function initialValues({ tensor, initializer, fan }: ModelParameter, key: RandomKey): Float32Array {
  const values = new Float32Array(sizeOf(tensor.shape));
  initializer.definition.fill(values, fan, foldIn(key, "initial", tensor.name!), initializer.options);
  return values;
}
