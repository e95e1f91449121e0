/** A program: what one run computes, and what it leaves behind in the states. */
import { ShapeError } from "../core/errors.ts";
import { sameShape, showShape } from "./shape.ts";
import { describeTensor, isLeaf, type Tensor, topologicalOrder } from "./tensor.ts";

/** What a parameter or state becomes when a program has run. */
export interface Assignment {
  readonly state: Tensor;
  readonly value: Tensor;
}

/** What is computed, and what is written back, in one run. */
export interface Program {
  /** What the host reads after a run, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What a run writes back. Every value is computed from the states as they were before the run. */
  readonly assignments: readonly Assignment[];
}

/** What the step writes back: `state` holds `value` when the run has ended. */
export function assign(state: Tensor, value: Tensor): Assignment {
  if (!isLeaf(state, "parameter") && !isLeaf(state, "state")) {
    throw new ShapeError("E_ASSIGN", {
      message: `assign: only parameters and states can be written, received ${describeTensor(state)}`,
    });
  }
  if (!sameShape(state.shape, value.shape)) {
    throw new ShapeError("E_ASSIGN", {
      message: `assign: ${describeTensor(state)} cannot take ${describeTensor(value)}: ${showShape(state.shape)} and ${showShape(value.shape)} differ`,
    });
  }
  return { state, value };
}

/** A program is never changed, and its order is asked for more than once. */
const orders = new WeakMap<Program, readonly Tensor[]>();

/** Everything a program computes, inputs first. */
export function programOrder(program: Program): readonly Tensor[] {
  let order = orders.get(program);
  if (!order) {
    order = topologicalOrder([...program.assignments.map(({ value }) => value), ...Object.values(program.outputs)]);
    orders.set(program, order);
  }
  return order;
}

/** The leaves that programs share: one tensor a name. @throws ShapeError two leaves have one name, or a state is written twice */
export function collectLeaves(programs: Iterable<Program>): Map<string, Tensor> {
  const leaves = new Map<string, Tensor>();
  for (const program of programs) {
    const assigned = new Set<Tensor>();
    for (const { state } of program.assignments) {
      if (assigned.has(state))
        throw new ShapeError("E_ASSIGN", { message: `assign: one program writes ${describeTensor(state)} twice` });
      assigned.add(state);
    }
    for (const tensor of [...programOrder(program), ...program.assignments.map(({ state }) => state)]) {
      if (tensor.primitive.kind !== "leaf" || tensor.name === undefined) continue;
      if (isLeaf(tensor, "input")) continue;
      const other = leaves.get(tensor.name);
      if (other && other !== tensor) {
        throw new ShapeError("E_LEAF_NAME", {
          message: `two leaves are named '${tensor.name}': ${describeTensor(other)} and ${describeTensor(tensor)}`,
          hint: "Give each layer a name of its own.",
        });
      }
      leaves.set(tensor.name, tensor);
    }
  }
  return leaves;
}

/** The inputs of a program. @throws ShapeError two different inputs have one name */
export function programInputs(program: Program): Tensor[] {
  const inputs = new Map<string, Tensor>();
  for (const tensor of programOrder(program)) {
    if (!isLeaf(tensor, "input")) continue;
    const other = inputs.get(tensor.name!);
    if (other) {
      throw new ShapeError("E_LEAF_NAME", {
        message: `two leaves are named '${tensor.name}': ${describeTensor(other)} and ${describeTensor(tensor)}`,
        hint: "Use one tensor in both places, or two names.",
      });
    }
    inputs.set(tensor.name!, tensor);
  }
  return [...inputs.values()];
}
