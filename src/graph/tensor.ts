/**
 * Tensors: the nodes of the computational graph. A tensor says how it comes about (primitive, inputs, attributes) and what
 * it is (shape, type); it holds no numbers. Tensors are immutable, and a graph is just what can be reached from its outputs.
 */
import { ShapeError } from "../core/errors.ts";
import type { Geometry } from "./primitives/geometry.ts";
import { checkShape, type Shape, showShape } from "./shape.ts";

/** What is stored. Every computed tensor is float32 (float64 in the reference); tables and row numbers may be integers. */
export type DType = "float32" | "int32" | "uint8";

/** What a node is besides its inputs. As a text it is the same for equal attributes, and only for them. */
export type Attribute = number | string | boolean | readonly number[] | Geometry;
/** What a primitive is parametrised by beside its inputs: axes, geometry. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** What a primitive does with its inputs, by which engines choose how to run it. */
export type PrimitiveKind =
  | "leaf"
  | "elementwise"
  | "reduce"
  | "matmul"
  | "gather"
  | "reshape"
  | "transpose"
  | "patches"
  | "fold"
  | "pool"
  | "poolBack"
  | "random";

/**
 * A primitive operation, defined in one place: what it is called, how gradients flow back through it, what it means.
 * Its shape rule is the function that builds its tensors, beside it.
 */
export interface Primitive {
  readonly name: string;
  readonly kind: PrimitiveKind;
  /**
   * Gradients with respect to the inputs, given that of the output (same shape as the output); null where nothing flows.
   * Those of an elementwise primitive have the output's shape: what broadcasting stretched is summed by `differentiate`.
   */
  readonly derivative?: (node: Tensor, gradient: Tensor) => readonly (Tensor | null)[];
}

/**
 * The plain meaning of a primitive, in float64, row-major: fills `out` from the inputs' values. It stands beside the primitive, not in it: who
 * does not compute so (see meanings.ts) does not load it.
 */
export type Meaning = (node: Tensor, inputs: readonly ArrayLike<number>[], out: Float64Array) => void;

/** A node of the graph: an operation on other nodes, and the shape of what it gives. It holds no numbers. */
export interface Tensor {
  readonly primitive: Primitive;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
  /** For people: in printed graphs and messages. Leaves are also found by it. */
  readonly name: string | undefined;
}

const noAttributes: Attributes = Object.freeze({});

export function createTensor(
  primitive: Primitive,
  inputs: readonly Tensor[],
  shape: Shape,
  attributes: Attributes = noAttributes,
  dtype: DType = "float32",
  name?: string,
): Tensor {
  checkShape(shape, name ?? primitive.name);
  const unread = primitive.kind === "gather" ? undefined : inputs.find((one) => one.primitive === leafKinds.table);
  if (unread) {
    throw new ShapeError("E_SHAPE_TABLE", {
      message: `${primitive.name}: a table is read row by row, received ${describeTensor(unread)}`,
      hint: "Take rows out of it with gather(table, rows).",
    });
  }
  return Object.freeze({ primitive, inputs, attributes, shape, dtype, name });
}

/** The same tensor under a name of its own, for printing and for messages. */
export function named(name: string, tensor: Tensor): Tensor {
  return tensor.name === name ? tensor : Object.freeze({ ...tensor, name });
}

/** "relu 'act1' [64, 100]", for messages. */
export function describeTensor(tensor: Tensor): string {
  return `${tensor.primitive.name}${tensor.name === undefined ? "" : ` '${tensor.name}'`} ${showShape(tensor.shape)}`;
}

const leafKinds = {
  /** Learned: gets gradients, changed by the optimizer. */
  parameter: { name: "parameter", kind: "leaf" },
  /** Kept from step to step, not learned: optimizer slots, running statistics. */
  state: { name: "state", kind: "leaf" },
  /** Given anew for each run of a program. */
  input: { name: "input", kind: "leaf" },
  /** A data set that lies outside the arena; only `gather` reads it. */
  table: { name: "table", kind: "leaf" },
  /** One number, written into the graph. */
  constant: { name: "constant", kind: "leaf" },
  /** One number that the host sets before a run, computed there in float64: learning rate, penalty strength. */
  scalar: { name: "scalar", kind: "leaf" },
  /** 0, 1, 2, ... */
  iota: { name: "iota", kind: "leaf" },
} as const satisfies Record<string, Primitive>;

/** What a leaf stands for. */
export type LeafKind = keyof typeof leafKinds;

/** Whether a tensor is given and not computed; with a kind, whether it is that kind of leaf. */
export function isLeaf(tensor: Tensor, kind?: LeafKind): boolean {
  return tensor.primitive.kind === "leaf" && (kind === undefined || tensor.primitive.name === kind);
}

/** A learned leaf. Its name is unique in a program and is its key in checkpoints. */
export function parameter(name: string, shape: Shape): Tensor {
  return createTensor(leafKinds.parameter, [], shape, noAttributes, "float32", name);
}
/** A leaf that a program keeps from run to run. */
export function state(name: string, shape: Shape): Tensor {
  return createTensor(leafKinds.state, [], shape, noAttributes, "float32", name);
}
/** A leaf whose values are given before each run; int32 for row numbers. */
export function input(name: string, shape: Shape, dtype: "float32" | "int32" = "float32"): Tensor {
  return createTensor(leafKinds.input, [], shape, noAttributes, dtype, name);
}
/** A data set: `shape[0]` rows; stays bytes where it came as bytes. */
export function table(name: string, shape: Shape, dtype: DType): Tensor {
  if (shape.length === 0)
    throw new ShapeError("E_SHAPE_TABLE", { message: `table '${name}' needs a first axis of rows, received []` });
  return createTensor(leafKinds.table, [], shape, noAttributes, dtype, name);
}
/** One number that the host sets before a run. */
export function scalar(name: string): Tensor {
  return createTensor(leafKinds.scalar, [], [], noAttributes, "float32", name);
}
/** One number, written into the graph; rounded to float32 by engines that compute in float32. */
export function constant(value: number): Tensor {
  return createTensor(leafKinds.constant, [], [], { value });
}
/** [0, 1, ..., length - 1]. */
export function iota(length: number): Tensor {
  return createTensor(leafKinds.iota, [], [length]);
}

/** Tensors and plain numbers mix in formulas. */
export type Operand = Tensor | number;
export function asTensor(operand: Operand): Tensor {
  return typeof operand === "number" ? constant(operand) : operand;
}

/** Every tensor that the outputs depend on, inputs before users; the order depends on the graph alone. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output)) continue;
    seen.add(output);
    stack.push({ tensor: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const child = top.tensor.inputs[top.next++];
      if (child === undefined) {
        order.push(top.tensor);
        stack.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        stack.push({ tensor: child, next: 0 });
      }
    }
  }
  return order;
}
