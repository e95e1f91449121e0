/**
 * The reference engine: every tensor computed by its primitive's plain meaning, in float64, one after the other, nothing
 * fused. It is the oracle of the tests and the engine of gradient checks, not made to be fast.
 */
import { nowMs } from "../../core/clock.ts";
import { EngineError } from "../../core/errors.ts";
import { collectLeaves, isLeaf, type Program, programInputs, programOrder, sizeOf, type Tensor } from "../../graph/index.ts";
import { computePlainly } from "../../graph/meanings.ts";
import { checkMemory, checkState, checkTable, named } from "../checks.ts";
import type { Engine, Executable, TableValues } from "../engine.ts";

type Values = Float64Array | Int32Array | TableValues;

interface Compiled {
  readonly program: Program;
  readonly order: readonly Tensor[];
  readonly values: Map<Tensor, Values>;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Float64Array>;
}

function initialValues(tensor: Tensor): Values {
  const size = sizeOf(tensor.shape);
  if (isLeaf(tensor, "constant")) return Float64Array.of(tensor.attributes.value as number);
  if (isLeaf(tensor, "iota")) return Float64Array.from({ length: size }, (_, i) => i);
  return tensor.dtype === "int32" && isLeaf(tensor, "input") ? new Int32Array(size) : new Float64Array(size);
}

class ReferenceExecutable implements Executable {
  readonly engine = "reference";
  readonly numerics = "float64";
  readonly threads = 1;
  readonly activeThreads = 1;
  readonly compileMs: number;
  readonly memory;
  private readonly shared = new Map<Tensor, Values>();
  private readonly byName: Map<string, Tensor>;
  private readonly programs = new Map<string, Compiled>();

  constructor(programs: Readonly<Record<string, Program>>, limitBytes: number) {
    const start = nowMs();
    this.byName = collectLeaves(Object.values(programs));
    let [parameters, states, temporaries, inputsAndOutputs] = [0, 0, 0, 0];
    for (const leaf of this.byName.values()) {
      if (!isLeaf(leaf, "table")) this.shared.set(leaf, initialValues(leaf));
      if (isLeaf(leaf, "parameter")) parameters += 8 * sizeOf(leaf.shape);
      if (isLeaf(leaf, "state")) states += 8 * sizeOf(leaf.shape);
    }
    for (const [name, program] of Object.entries(programs)) {
      const order = programOrder(program);
      const values = new Map<Tensor, Values>();
      const inputs = new Map(programInputs(program).map((tensor) => [tensor.name!, tensor]));
      for (const tensor of order) {
        if (this.byName.get(tensor.name ?? "") === tensor) continue;
        values.set(tensor, initialValues(tensor));
        const bytes = 8 * sizeOf(tensor.shape);
        if (isLeaf(tensor, "input")) inputsAndOutputs += bytes;
        else temporaries += bytes;
      }
      const outputs = new Map<string, Float64Array>();
      for (const [output, tensor] of Object.entries(program.outputs)) outputs.set(output, new Float64Array(sizeOf(tensor.shape)));
      this.programs.set(name, { program, order, values, inputs, outputs });
    }
    this.memory = {
      parameters,
      states,
      tables: 0,
      inputsAndOutputs,
      temporaries,
      total: parameters + states + inputsAndOutputs + temporaries,
    };
    checkMemory(this.memory, limitBytes);
    this.compileMs = nowMs() - start;
  }

  private compiled(name: string): Compiled {
    return named(this.programs, name, "E_PROGRAM", "there is no program");
  }

  readProfile(): undefined {
    return undefined;
  }

  run(name: string): void {
    const { program, order, values, outputs } = this.compiled(name);
    const of = (tensor: Tensor): Values => {
      const found = values.get(tensor) ?? this.shared.get(tensor);
      if (!found) throw new EngineError("E_TABLE", { message: `table '${tensor.name}' has not been written` });
      return found;
    };
    for (const tensor of order) {
      if (tensor.inputs.length > 0) computePlainly(tensor, tensor.inputs.map(of), of(tensor) as Float64Array);
    }
    const written = program.assignments.map(({ state, value }) => [state, Float64Array.from(of(value))] as const);
    for (const [output, tensor] of Object.entries(program.outputs)) outputs.get(output)!.set(of(tensor));
    for (const [state, value] of written) this.shared.set(state, value);
  }

  setScalar(name: string, value: number): void {
    const leaf = this.byName.get(name);
    if (leaf && isLeaf(leaf, "scalar")) this.shared.get(leaf)![0] = value;
  }

  input(program: string, name: string): Float64Array | Int32Array {
    const { inputs, values } = this.compiled(program);
    return values.get(named(inputs, name, "E_INPUT", `program '${program}' has no input`)) as Float64Array | Int32Array;
  }

  output(program: string, name: string): Float64Array {
    return named(this.compiled(program).outputs, name, "E_OUTPUT", `program '${program}' has no output`);
  }

  private stateValues(leaf: Tensor, values?: ArrayLike<number>): Float64Array {
    const isState = isLeaf(leaf, "parameter") || isLeaf(leaf, "state");
    const known = this.shared.get(leaf);
    checkState(leaf, isState && known !== undefined, values);
    return known as Float64Array;
  }

  readState(leaf: Tensor): Float64Array {
    return this.stateValues(leaf).slice();
  }

  writeState(leaf: Tensor, values: ArrayLike<number>): void {
    this.stateValues(leaf, values).set(values);
  }

  writeTable(leaf: Tensor, values: TableValues): void {
    checkTable(leaf, values);
    this.shared.set(leaf, values);
  }
}

/** Plain loops in float64, unfused: the oracle of the tests and of gradient checks. Slow. */
export const referenceEngine: Engine = {
  name: "reference",
  probe: () => ({ available: true, numerics: ["portable"], detail: "float64, plain TypeScript, unfused" }),
  compile: (programs, { memoryLimitBytes = Number.POSITIVE_INFINITY } = {}) =>
    new ReferenceExecutable(programs, memoryLimitBytes),
};
