/** Running a program on an engine with given numbers in its leaves. */
import { EngineError } from "../core/errors.ts";
import type { CompileOptions, Engine, Executable, TableValues } from "../engine/engine.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { collectLeaves, isLeaf, type Program, programOrder, sizeOf, type Tensor } from "../graph/index.ts";
import { seedOf, uniform } from "./values.ts";

/** Numbers for leaves, by name. */
export type Values = Readonly<Record<string, ArrayLike<number> | number>>;

export interface Result {
  readonly outputs: Record<string, Float64Array>;
  /** Parameters and states after the run. */
  readonly states: Record<string, Float64Array>;
}

export const emptyProgram = { outputs: {}, assignments: [] };

/** A program with outputs alone. */
export const outputsOf = (outputs: Record<string, Tensor>): Program => ({ outputs, assignments: [] });

/** Every leaf that has numbers to be given, inputs included. */
export function leavesOf(program: Program): Tensor[] {
  const inputs = programOrder(program).filter((tensor) => isLeaf(tensor, "input"));
  return [...collectLeaves([program]).values(), ...inputs];
}

function typed(leaf: Tensor, values: ArrayLike<number>): TableValues {
  if (leaf.dtype === "uint8") return Uint8Array.from(values);
  return leaf.dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
}

/** Writes every leaf that a program reads. Numbers must be given for all of them but for parameters and states, which start at 0. */
export function writeLeaves(executable: Executable, name: string, program: Program, values: Values): void {
  for (const leaf of leavesOf(program)) {
    const given = values[leaf.name!];
    if (given === undefined) {
      if (isLeaf(leaf, "parameter") || isLeaf(leaf, "state") || isLeaf(leaf, "iota")) continue;
      throw new Error(`no numbers for ${leaf.primitive.name} '${leaf.name}'`);
    }
    const list = typeof given === "number" ? [given] : given;
    if (list.length !== sizeOf(leaf.shape))
      throw new Error(`'${leaf.name}' takes ${sizeOf(leaf.shape)} numbers, not ${list.length}`);
    if (isLeaf(leaf, "input")) executable.input(name, leaf.name!).set(list);
    else if (isLeaf(leaf, "scalar")) executable.setScalar(leaf.name!, list[0]!);
    else if (isLeaf(leaf, "table")) executable.writeTable(leaf, typed(leaf, list));
    else executable.writeState(leaf, list);
  }
}

export function readResult(executable: Executable, name: string, program: Program): Result {
  const outputs: Record<string, Float64Array> = {};
  for (const output of Object.keys(program.outputs)) outputs[output] = Float64Array.from(executable.output(name, output));
  const states: Record<string, Float64Array> = {};
  for (const leaf of collectLeaves([program]).values()) {
    if (isLeaf(leaf, "parameter") || isLeaf(leaf, "state")) states[leaf.name!] = Float64Array.from(executable.readState(leaf));
  }
  return { outputs, states };
}

/** Compiles, writes the leaves, runs once and reads everything. */
export function execute(engine: Engine, program: Program, values: Values, options: CompileOptions = {}): Result {
  const executable = engine.compile({ main: program }, options);
  writeLeaves(executable, "main", program, values);
  executable.run("main");
  return readResult(executable, "main", program);
}

/** Uniform numbers in [-1, 1) for every leaf of a program that is not named in `given`. */
export function fillLeaves(program: Program, given: Values = {}, seed = 1): Values {
  const values: Record<string, ArrayLike<number> | number> = { ...given };
  for (const leaf of leavesOf(program)) {
    values[leaf.name!] ??= uniform(sizeOf(leaf.shape), { seed: seed + seedOf(leaf.name!) });
  }
  return values;
}

/** The value of one tensor on the reference engine. */
export function evaluate(tensor: Tensor, values: Values): Float64Array {
  return execute(referenceEngine, outputsOf({ y: tensor }), values).outputs.y!;
}

/** An engine under one of its numerics profiles. */
export interface Setup {
  readonly name: string;
  readonly engine: Engine;
  readonly options: CompileOptions;
}

/**
 * Every engine, under each of its profiles.
 *
 * @throws EngineError  E_ENGINE: one of them cannot run here; no silent gap
 */
export const engineSetups = (): readonly Setup[] =>
  [referenceEngine, wasmEngine].flatMap((engine): Setup[] => {
    const probe = engine.probe();
    if (!probe.available)
      throw new EngineError("E_ENGINE", { message: `the engine '${engine.name}' cannot run here: ${probe.reason}` });
    if (engine === referenceEngine) return [{ name: engine.name, engine, options: {} }];
    return probe.numerics.map((numerics) => ({ name: `${engine.name} ${numerics}`, engine, options: { numerics } }));
  });

/** The setups that compute in float32. */
export const floatSetups = (): readonly Setup[] => engineSetups().filter(({ engine }) => engine !== referenceEngine);
