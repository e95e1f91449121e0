/**
 * The computational graph of a model or of one layer of it, with the value and the gradient on each node: the way in which the lecture
 * explains backpropagation (A4).
 *
 * Choice   What moves numbers without changing them (reshape, and copies along an axis) is no node, and a constant stands in the label of
 *          the operation that takes it: "+ 1e-5".
 */
import { DocumentError } from "../core/errors.ts";
import { suggestName } from "../core/names.ts";
import { foldIn, foldNumber, randomKey } from "../core/random.ts";
import type { RawDataset } from "../data/dataset.ts";
import { prepareData } from "../data/prepare.ts";
import { copyRows } from "../data/rows.ts";
import type { Run } from "../document/run-document.ts";
import type { Executable } from "../engine/engine.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { differentiate, isLeaf, type Shape, sizeOf, type Tensor, topologicalOrder } from "../graph/index.ts";
import { fewestRows } from "../nn/blocks.ts";
import { initialValues } from "../nn/model.ts";
import { RunPrograms } from "./build.ts";

/** A node: a number or some, what made them, and what comes back to them. */
export interface SeenNode {
  readonly id: string;
  /** The operation, "+ 1e-5", or the name. */
  readonly label: string;
  /** Whether the label is a name: of what goes in, or of a layer. */
  readonly isNamed: boolean;
  readonly role: "input" | "parameter" | "operation" | "output";
  readonly shape: Shape;
  /** Row-major. */
  readonly value: readonly number[];
  /** Of what is differentiated with respect to this node; absent where nothing comes back, as to targets. */
  readonly gradient?: readonly number[];
  /** Ids of the nodes that it takes from, in their order. */
  readonly from: readonly string[];
}

const signs: Readonly<Record<string, string>> = {
  add: "+",
  sub: "−",
  mul: "×",
  div: "÷",
  neg: "−x",
  sqrt: "√",
  relu: "max(0, x)",
  maximum: "max",
  minimum: "min",
  sum: "Σ",
  select: "choose",
  equal: "=",
  less: "<",
  greater: ">",
};
/** Operations that change no number. */
const moves = new Set(["reshape", "identity", "expand"]);

const isConstant = (tensor: Tensor): boolean => tensor.primitive.name === "constant";

/** "+ 1e-5", "0.5 ×", "x²": the operation with its constants in their places. */
function labelOf({ primitive, inputs }: Tensor): string {
  const sign = signs[primitive.name] ?? primitive.name;
  if (primitive.name === "mul" && inputs[0] === inputs[1]) return "x²";
  if (inputs.length !== 2) return sign;
  const [left, right] = inputs.map((one) => {
    const behind = behindMoves(one);
    return isConstant(behind) ? brief(behind.attributes.value as number) : "";
  });
  return [left, sign, right].filter((part) => part !== "").join(" ");
}

function behindMoves(tensor: Tensor): Tensor {
  return moves.has(tensor.primitive.name) && tensor.inputs.length === 1 ? behindMoves(tensor.inputs[0]!) : tensor;
}

const brief = (value: number): string => String(Number(value.toPrecision(3)));

/** What of a graph is shown. */
export interface GraphView {
  /** What is differentiated, with one number. */
  readonly objective: Tensor;
  /** What is shown: these, and all that they are made of, up to `from`. */
  readonly until: readonly Tensor[];
  /** Where the view begins, each with its name: what goes in there is not shown. */
  readonly from: ReadonlyMap<Tensor, string>;
  /** Names of tensors on the way. */
  readonly names?: ReadonlyMap<Tensor, string>;
  /** Shows what has a name, and parameters, and nothing between. */
  readonly isCoarse?: boolean;
  /** Puts numbers into the inputs and parameters. */
  fill(executable: Executable): void;
}

/** The nodes of a view, each after those that it takes from. */
export function seeGraph({ objective, until, from, names = new Map(), isCoarse = false, fill }: GraphView): SeenNode[] {
  const ends = new Set(until);
  const isShown = (tensor: Tensor): boolean => {
    if (from.has(tensor) || names.has(tensor) || ends.has(tensor)) return true;
    if (isConstant(tensor) || isLeaf(tensor, "iota") || moves.has(tensor.primitive.name)) return false;
    return !isCoarse || tensor.inputs.length === 0;
  };
  /** What stands before a tensor: its inputs, and where those are not shown what stands before them. */
  const sourcesOf = (tensor: Tensor): Tensor[] =>
    from.has(tensor) ? [] : tensor.inputs.flatMap((one) => (isShown(one) ? [one] : sourcesOf(one)));
  const tensors: Tensor[] = [];
  const seen = new Set<Tensor>();
  const visit = (tensor: Tensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    for (const one of sourcesOf(tensor)) visit(one);
    tensors.push(tensor);
  };
  for (const tensor of until) visit(tensor);
  // A tensor that nothing comes back to gets no gradient, rather than zeros.
  const reached = new Set(leadingTo(objective));
  const able = tensors.map((tensor) => reached.has(tensor) && tensor.dtype === "float32" && !isData(tensor));
  const gradients = differentiate(
    objective,
    tensors.filter((_, i) => able[i]),
  );
  const outputs: Record<string, Tensor> = Object.fromEntries(tensors.map((tensor, i) => [`value${i}`, tensor]));
  gradients.forEach((gradient, i) => {
    outputs[`gradient${i}`] = gradient;
  });
  const executable = referenceEngine.compile({ graph: { outputs: { ...outputs, objective }, assignments: [] } });
  fill(executable);
  executable.run("graph");
  const nameOf = (tensor: Tensor): string | undefined =>
    from.get(tensor) ?? names.get(tensor) ?? (tensor.inputs.length === 0 ? (tensor.name ?? tensor.primitive.name) : undefined);
  const ids = new Map(tensors.map((tensor, i) => [tensor, `n${i}`] as const));
  let next = 0;
  return tensors.map((tensor, i): SeenNode => {
    const isStart = from.has(tensor) || tensor.inputs.length === 0;
    const gradient = able[i] ? Array.from(executable.output("graph", `gradient${next++}`)) : undefined;
    return {
      id: ids.get(tensor)!,
      label: nameOf(tensor) ?? labelOf(tensor),
      isNamed: nameOf(tensor) !== undefined,
      role: isLeaf(tensor, "parameter") ? "parameter" : isStart ? "input" : ends.has(tensor) ? "output" : "operation",
      shape: tensor.shape,
      value: Array.from(executable.output("graph", `value${i}`)),
      ...(gradient && { gradient }),
      from: [...new Set(sourcesOf(tensor).map((one) => ids.get(one)!))],
    };
  });
}

/** Inputs that are no numbers to be changed: targets and random keys. */
const isData = (tensor: Tensor): boolean => isLeaf(tensor, "input") && tensor.name !== "examples" && tensor.name !== "x";

/** All that something depends on with a derivative. */
function leadingTo(objective: Tensor): Tensor[] {
  const found = new Set<Tensor>([objective]);
  for (const tensor of topologicalOrder([objective]).reverse()) {
    if (found.has(tensor) && tensor.primitive.derivative) for (const one of tensor.inputs) found.add(one);
  }
  return [...found];
}

/** Which part of a run is shown. */
export interface RunGraphOptions {
  /** A layer's name, or "loss"; the whole model, a node for each layer, where absent. */
  readonly layer?: string;
  /** Number of the example among those that are learned from; default 0. */
  readonly example?: number;
}

/**
 * The graph of a run's model as it begins, for one example of its training data; for two where a layer needs a batch.
 *
 * @throws DocumentError  E_GRAPH_LAYER: the model has no such layer; E_GRAPH_EXAMPLE: there is no such example
 */
export function graphOfRun(run: Run, raw: RawDataset, { layer, example = 0 }: RunGraphOptions = {}): SeenNode[] {
  const key = randomKey(run.document.seed);
  const { dataset, split } = prepareData(run, raw, key);
  const { inputs, targets } = dataset.train;
  const rows = fewestRows(run.layers);
  if (example + rows > split.train.length) {
    throw new DocumentError("E_GRAPH_EXAMPLE", {
      message: `example ${example} is beyond the ${split.train.length} that are learned from`,
      hint: "They are counted from 0.",
    });
  }
  const programs = new RunPrograms(run, dataset);
  const { loss, objective, seen, randomInputs } = programs.trace(rows);
  const used = new Set(topologicalOrder([objective]));
  const fill = (executable: Executable) => {
    for (const [name, value] of Object.entries(programs.regularizers.numbers)) executable.setScalar(name, value);
    for (const parameter of programs.model.parameters)
      if (used.has(parameter.tensor)) executable.writeState(parameter.tensor, initialValues(parameter, key));
    for (const { tensor, initial } of programs.model.states)
      if (used.has(tensor)) executable.writeState(tensor, new Float32Array(sizeOf(tensor.shape)).fill(initial));
    const chosen = split.train.subarray(example, example + rows);
    // A loss of a person's own may leave the targets aside.
    const asked = new Set([...used].filter((tensor) => isLeaf(tensor, "input")).map(({ name }) => name));
    for (const [name, table] of [["examples", inputs] as const, ["targets", targets] as const])
      if (asked.has(name)) copyRows(table, chosen, executable.input("graph", name));
    for (const name of randomInputs) foldNumber(foldIn(key, name), 0, executable.input("graph", name) as Int32Array);
  };
  const names = new Map<Tensor, string>(seen.map((one) => [one.output, one.layer.name]));
  for (const tensor of used) if (isLeaf(tensor, "input") && tensor.name === "examples") names.set(tensor, "x");
  names.set(loss, "loss");
  if (layer === undefined) {
    if (objective !== loss) names.set(objective, "loss + penalty");
    return seeGraph({ objective, until: [objective], from: new Map(), names, isCoarse: true, fill });
  }
  const found = seen.find((one) => one.layer.name === layer)?.output;
  const until = layer === "loss" ? loss : found;
  if (!until) {
    throw new DocumentError("E_GRAPH_LAYER", {
      message: `the model has no layer '${layer}'`,
      hint: suggestName(layer, [...seen.map((one) => one.layer.name), "loss"]),
    });
  }
  // What an inner layer gives belongs to the block that is shown.
  const isInside = (name: string) => name.startsWith(`${layer}.`);
  const from = new Map([...names].filter(([tensor, name]) => tensor !== until && !isInside(name)));
  return seeGraph({ objective, until: [until], from, names, fill });
}
