/** From plans to one WebAssembly module: a function for each form of kernel, and one for each program that calls them in order. */
import type { Tensor } from "../../graph/index.ts";
import type { Kernel } from "../../graph/plan/kernel.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import type { Numerics } from "../engine.ts";
import { type FunctionBuilder, ModuleBuilder, type Snippet } from "./assembler.ts";
import { columnsForm, emitColumns } from "./columns-code.ts";
import { emitCopy } from "./copy-code.ts";
import { cutRows, emitMatmul, matmulForm, panelColumns, productScratch, tailWidth } from "./matmul-code.ts";
import { emitPack, emitPackTransposed } from "./pack-code.ts";
import { emitRows, rowsForm } from "./rows-code.ts";

/** Bytes that the kernels of a plan need beside their tensors: the packed operand of a product. */
export function scratchBytes(plan: Plan): number {
  return Math.max(0, ...plan.kernels.map((kernel) => (kernel.kind === "matmul" ? productScratch(kernel.n, kernel.k).bytes : 0)));
}

export interface ProgramPlaces {
  readonly plan: Plan;
  /** Address of a tensor in memory, in bytes. */
  readonly addressOf: (tensor: Tensor) => number;
  /** Address of the scratch memory. */
  readonly scratch: number;
}

class KernelLibrary {
  private readonly functions = new Map<string, number>();
  private readonly loops = new Map<string, Snippet>();
  private readonly module: ModuleBuilder;
  private readonly numerics: Numerics;

  constructor(module: ModuleBuilder, numerics: Numerics) {
    this.module = module;
    this.numerics = numerics;
  }

  private once(form: string, emit: (number: number) => number): number {
    let index = this.functions.get(form);
    if (index === undefined) {
      index = emit(this.functions.size);
      this.functions.set(form, index);
    }
    return index;
  }

  /** Appends the call of a kernel. */
  call(f: FunctionBuilder, kernel: Kernel, { addressOf, scratch }: ProgramPlaces): void {
    const push = (...numbers: number[]) => {
      for (const number of numbers) f.i32(number);
    };
    if (kernel.kind === "copy") {
      const { source, target, extents, strides } = kernel;
      push(addressOf(source), addressOf(target));
      if (extents.length === 0) push(1, 0);
      extents.forEach((extent, axis) => {
        push(extent, 4 * strides[axis]!);
      });
      f.call(this.once(`copy${Math.max(1, extents.length)}`, () => emitCopy(this.module, extents.length)));
      return;
    }
    const { operands, stores } = kernel;
    if (kernel.kind === "matmul") {
      const { a, b, transposeA, transposeB, m, n, k } = kernel;
      const panels = Math.floor(n / panelColumns);
      const tail = tailWidth(n);
      if (transposeB) {
        push(addressOf(b), 4 * k, k, n, 2 * panels + tail / 4, scratch);
        f.call(this.once("packTransposed", () => emitPackTransposed(this.module)));
      } else {
        push(addressOf(b), 4 * n, k, panels, tail, scratch);
        f.call(this.once("pack", () => emitPack(this.module)));
      }
      const { tall, rest } = cutRows(m);
      const places = productScratch(n, k);
      push(
        addressOf(a),
        4 * (transposeA ? m : k),
        scratch,
        k,
        panels,
        n % panelColumns,
        4 * n,
        tall,
        rest,
        scratch + places.strip,
        scratch + places.tile,
        scratch + places.list,
      );
      push(...operands.map(({ tensor }) => addressOf(tensor)), ...stores.map(({ tensor }) => addressOf(tensor)));
      f.call(
        this.once(matmulForm(kernel, this.numerics), (number) =>
          emitMatmul(this.module, kernel, this.numerics, `matmul${number}`, this.loops),
        ),
      );
      return;
    }
    if (kernel.kind === "columns") {
      const { outer, size, columns, source } = kernel;
      push(outer, size, columns, addressOf(source));
      push(...operands.map(({ tensor }) => addressOf(tensor)), ...stores.map(({ tensor }) => addressOf(tensor)));
      f.call(this.once(columnsForm(kernel), (number) => emitColumns(this.module, kernel, `columns${number}`)));
      return;
    }
    push(0, kernel.rows, kernel.columns);
    for (const { tensor, rows } of operands) push(addressOf(tensor), ...(rows ? [addressOf(rows)] : []));
    push(...stores.map(({ tensor }) => addressOf(tensor)));
    f.call(this.once(rowsForm(kernel), (number) => emitRows(this.module, kernel, `rows${number}`)));
  }
}

/** The bytes of a module that exports one function for each program, under the program's name. */
export function compileModule(programs: ReadonlyMap<string, ProgramPlaces>, numerics: Numerics): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const library = new KernelLibrary(module, numerics);
  for (const [name, places] of programs) {
    const { code } = module.function(name, [], true);
    for (const kernel of places.plan.kernels) library.call(code, kernel, places);
  }
  return module.build();
}
