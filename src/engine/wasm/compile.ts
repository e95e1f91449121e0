/** From plans to one WebAssembly module: a function for each form of kernel, and one for each program that calls them in order. */
import { sizeOf, type Tensor } from "../../graph/index.ts";
import { chunksOf, type PoolKernel } from "../../graph/plan/image-kernels.ts";
import type { Kernel, MatmulKernel, PackKernel } from "../../graph/plan/kernel.ts";
import { panelRowBytes, panelsOf } from "../../graph/plan/panels.ts";
import { panelRows, sameCut } from "../../graph/plan/partition.ts";
import type { Plan, PlanStep } from "../../graph/plan/plan.ts";
import { phaseBegins } from "../threads.ts";
import { type FunctionBuilder, ModuleBuilder, type Snippet } from "./assembler.ts";
import { columnsForm, emitColumns } from "./columns-code.ts";
import { type ConvolutionKernel, convolutionForm, emitConvolution, isConvolution } from "./convolution-code.ts";
import { emitCopy } from "./copy-code.ts";
import type { CutTable } from "./cuts.ts";
import { emitJoinDots } from "./dots-code.ts";
import { emitFilterGradient, filterGradientForm, filterGradientScratch } from "./filter-gradient-code.ts";
import { emitImageMove, imageBytes, imageForm } from "./image-code.ts";
import { columnGroups, emitMatmul, matmulForm, productScratch, type SharedParts } from "./matmul-code.ts";
import { emitNarrowRows, isNarrow, narrowScratch } from "./narrow-rows-code.ts";
import { emitPack, emitPackTransposed } from "./pack-code.ts";
import { body, Part } from "./part.ts";
import { emitPool, poolForm } from "./pool-code.ts";
import { emitRandom } from "./random-code.ts";
import { emitRows, rowsForm } from "./rows-code.ts";
import { emitStrip, type Widths } from "./strip-code.ts";
import type { Target } from "./target.ts";
import { checkImport, lapImport, markFunction, markImport, ThreadsCode } from "./threads-code.ts";
import { distances } from "./window-walk.ts";

/** Bytes that the kernels of a plan need beside their tensors, in each thread. */
export function scratchBytes(plan: Plan, target: Target): number {
  return Math.max(
    0,
    ...plan.steps.map(({ kernel }) => {
      if (kernel.kind === "matmul") return productScratch(kernel, target).bytes;
      if (kernel.kind === "rows") return isNarrow(kernel) ? narrowScratch(kernel) : 0;
      return kernel.kind === "filterGradient" ? filterGradientScratch : 0;
    }),
  );
}

export interface ProgramPlaces {
  readonly plan: Plan;
  /** The numbers of its phases, counted through all programs. */
  readonly phases: readonly number[];
  /** Address of a tensor in memory, in bytes. */
  readonly addressOf: (tensor: Tensor) => number;
}

class KernelLibrary {
  private readonly functions = new Map<string, number>();
  private readonly loops = new Map<string, Snippet>();
  private readonly module: ModuleBuilder;
  private readonly target: Target;

  constructor(module: ModuleBuilder, target: Target) {
    this.module = module;
    this.target = target;
  }

  private once(form: string, emit: (number: number) => number): number {
    let index = this.functions.get(form);
    if (index === undefined) {
      index = emit(this.functions.size);
      this.functions.set(form, index);
    }
    return index;
  }

  /** Appends the call of a kernel, for the part of the thread at hand. */
  call(f: FunctionBuilder, kernel: Kernel, part: Part, addressOf: ProgramPlaces["addressOf"]): void {
    switch (kernel.kind) {
      case "copy": {
        const { sources, target, extents, strides, offset } = kernel;
        f.i32(addressOf(sources[0]) + 4 * offset).i32(addressOf(target));
        if (extents.length === 0) f.i32(1).i32(0);
        for (const [axis, extent] of extents.entries()) f.i32(extent).i32(4 * strides[axis]!);
        f.call(this.once(`copy${Math.max(1, extents.length)}`, () => emitCopy(this.module, extents.length)));
        return;
      }
      case "pack":
        this.callPack(f, kernel, part, addressOf);
        return;
      case "matmul":
        if (isConvolution(kernel)) this.callConvolution(f, kernel, part, addressOf);
        else this.callMatmul(f, kernel, part, addressOf);
        return;
      case "random":
        part.span(kernel.rows);
        f.i32(kernel.columns).i32(addressOf(kernel.sources[0])).i32(addressOf(kernel.target));
        f.call(this.once("random", () => emitRandom(this.module)));
        return;
      case "pool":
        this.callPool(f, kernel, part, addressOf);
        return;
      case "filterGradient": {
        const { sources, target, windows } = kernel;
        const { counts, images } = windows;
        part.size(images);
        part.place(addressOf(sources[0]), distances(windows).image);
        part.place(addressOf(sources[1]), 4 * counts[0] * counts[1] * kernel.filters);
        part.placeOfChunk(addressOf(target), (4 * sizeOf(target.shape)) / chunksOf(images));
        f.get(body.scratch);
        const form = filterGradientForm(kernel, this.target);
        f.call(this.once(form, (number) => emitFilterGradient(this.module, kernel, this.target, `filterGradient${number}`)));
        return;
      }
      case "pad":
      case "patches":
      case "fold": {
        const { source, target } = imageBytes(kernel);
        part.size(kernel.windows.images);
        part.place(addressOf(kernel.sources[0]), source);
        part.place(addressOf(kernel.target), target);
        f.call(this.once(imageForm(kernel), () => emitImageMove(this.module, kernel)));
        return;
      }
      case "columns": {
        const { operands, stores, outer, size, columns, elements, images, stage } = kernel;
        const isCut = outer === 1;
        // Blocks are cut along their rows, or chunk by chunk.
        const together = stage === "blocks" ? size : 1;
        const rowsAtOnce = images ? (outer * size) / images : size / together;
        if (isCut || images) f.i32(1);
        else part.size(outer, 1, together);
        if (images) part.size(images, rowsAtOnce);
        else f.i32(size);
        if (isCut) part.size(columns);
        else f.i32(columns);
        f.i32(4 * columns);
        const elementBytes = { full: isCut ? 4 : 4 * columns * rowsAtOnce, perColumn: isCut ? 4 : 0, perRow: 0, uniform: 0 };
        for (const { tensor, layout } of elements.operands) part.place(addressOf(tensor), elementBytes[layout]);
        const bytesOf = { full: isCut ? 4 : 4 * columns, perColumn: isCut ? 4 : 0, perRow: isCut ? 0 : 4, uniform: 0 };
        for (const { tensor, layout } of operands) part.place(addressOf(tensor), bytesOf[layout], together);
        for (const { tensor } of stores)
          if (images) part.placeOfChunk(addressOf(tensor), bytesOf.full);
          else part.place(addressOf(tensor), bytesOf.full, together);
        f.call(this.once(columnsForm(kernel), (number) => emitColumns(this.module, kernel, `columns${number}`)));
        return;
      }
      case "rows": {
        const { operands, stores, rows, columns } = kernel;
        const narrow = isNarrow(kernel);
        // One row is cut along its columns, by so many at a time; pixels along images.
        const unit = part.unitOf(rows > 1 ? rows : columns);
        const bytes = (dtype: string) => (rows > 1 ? 0 : unit * (dtype === "uint8" ? 1 : 4));
        if (rows > 1) part.range(rows, unit);
        else f.i32(0).i32(1);
        if (rows > 1) f.i32(columns);
        else part.size(columns, unit);
        if (narrow) f.get(body.scratch);
        for (const { tensor, layout, rows: gathered } of operands) {
          part.place(addressOf(tensor), layout === "full" || layout === "perColumn" ? bytes(tensor.dtype) : 0);
          if (gathered) f.i32(addressOf(gathered));
        }
        for (const { tensor, layout } of stores) part.place(addressOf(tensor), layout === "full" ? bytes("float32") : 0);
        const emit = narrow ? emitNarrowRows : emitRows;
        const form = `${narrow} ${rowsForm(kernel)}`;
        f.call(this.once(form, (number) => emit(this.module, kernel, this.target, `rows${number}`)));
        return;
      }
    }
  }

  private callPack(f: FunctionBuilder, kernel: PackKernel, part: Part, addressOf: ProgramPlaces["addressOf"]): void {
    const { k, n, transposed } = kernel;
    const [source, target] = [addressOf(kernel.sources[0]), addressOf(kernel.target)];
    if (transposed) {
      // Cuts lie at multiples of 4 rows of the source, a group of columns.
      f.i32(source)
        .i32(kernel.fromPanels ? panelRowBytes : 4 * k)
        .i32(kernel.fromPanels ? panelRowBytes * n : panelRowBytes)
        .i32(k)
        .i32(n);
      part.groups(n, panelRows);
      part.place(target, 0);
      f.call(this.packTransposed());
      return;
    }
    part.place(source, 4 * n);
    f.i32(4 * n);
    part.size(k);
    f.i32(panelsOf(n));
    part.place(target, panelRowBytes);
    f.i32(panelRowBytes * k);
    f.call(this.once("pack", () => emitPack(this.module)));
  }

  private packTransposed(): number {
    return this.once("packTransposed", () => emitPackTransposed(this.module));
  }

  private callConvolution(
    f: FunctionBuilder,
    kernel: ConvolutionKernel,
    part: Part,
    addressOf: ProgramPlaces["addressOf"],
  ): void {
    const { operands, stores, a, panels, windows, n } = kernel;
    const { counts, images } = windows;
    part.size(images);
    part.place(addressOf(a), distances(windows).image);
    part.place(addressOf(panels), 0);
    const { tile, list } = productScratch(kernel, this.target);
    for (const offset of [tile, list]) f.get(body.scratch).i32(offset).op("i32.add");
    const perImage = counts[0] * counts[1];
    const bytesOf = { full: 4 * n * perImage, perRow: 4 * perImage, perColumn: 0, uniform: 0 };
    for (const { tensor, layout } of operands) part.place(addressOf(tensor), bytesOf[layout]);
    for (const { tensor } of stores) part.place(addressOf(tensor), bytesOf.full);
    const form = convolutionForm(kernel, this.target);
    f.call(this.once(form, (number) => emitConvolution(this.module, kernel, this.target, `convolution${number}`, this.loops)));
  }

  private callPool(f: FunctionBuilder, kernel: PoolKernel, part: Part, addressOf: ProgramPlaces["addressOf"]): void {
    const { operands, stores, images, windows, rows, columns } = kernel;
    const perImage = (4 * rows * columns) / windows.images;
    part.size(windows.images);
    for (const tensor of images) part.place(addressOf(tensor), (4 * sizeOf(tensor.shape)) / windows.images);
    for (const { tensor, layout } of operands) part.place(addressOf(tensor), layout === "full" ? perImage : 0);
    for (const { tensor } of stores) part.place(addressOf(tensor), perImage);
    f.call(this.once(poolForm(kernel), (number) => emitPool(this.module, kernel, this.target, `${kernel.name}${number}`)));
  }

  private callMatmul(f: FunctionBuilder, kernel: MatmulKernel, part: Part, addressOf: ProgramPlaces["addressOf"]): void {
    const { operands, stores, a, panels, transposeA, m, n, k, gathered, scale } = kernel;
    const { first: firstK, of: rowsOfB } = kernel.part ?? { first: 0, of: k };
    const bytesOfA = scale === undefined ? 4 : 1;
    const form = matmulForm(kernel, this.target);
    const shared = {
      core: (height: number, widths: Widths, parts: SharedParts) => {
        const name = `core${height}x${widths}${JSON.stringify(parts)}`;
        const all = { ...parts, target: this.target, loops: this.loops };
        return this.once(name, () => emitStrip(this.module, name, all, height, widths));
      },
      joinDots: (height: number) => this.once(`dots${height}`, () => emitJoinDots(this.module, this.target, height)),
      packTransposed: () => this.packTransposed(),
    };
    const product = this.once(form, (number) =>
      emitMatmul(this.module, kernel, this.target, `matmul${number}`, this.loops, shared),
    );
    for (const { first, tiles, tail } of columnGroups(kernel, this.target)) {
      const column = 4 * first;
      part.place(addressOf(a) + bytesOfA * firstK, transposeA ? bytesOfA : gathered ? 0 : 4 * rowsOfB);
      f.i32(bytesOfA * (transposeA ? m : rowsOfB));
      part.place(addressOf(panels) + column * rowsOfB + panelRowBytes * firstK, 0);
      f.i32(k)
        .i32(tiles)
        .i32(tail)
        .i32(4 * n);
      part.strips(m);
      const { strip, tile, list } = productScratch(kernel, this.target);
      for (const offset of [strip, tile, list]) f.get(body.scratch).i32(offset).op("i32.add");
      if (gathered) part.place(addressOf(gathered), transposeA ? 0 : 4);
      else f.i32(0);
      f.i32(panelRowBytes * m).i32(rowsOfB);
      const bytesOf = { full: 4 * n, perRow: 4, perColumn: 0, uniform: 0 };
      const behind = { full: column, perColumn: column, perRow: 0, uniform: 0 };
      for (const { tensor, layout, inPanels } of [...operands, ...stores]) {
        if (inPanels) part.place(addressOf(tensor) + column * m, panelRowBytes);
        else part.place(addressOf(tensor) + behind[layout], bytesOf[layout]);
      }
      f.call(product);
    }
  }
}

/** Where in memory threads find what is theirs. */
export interface ThreadPlaces {
  /** The words by which threads meet. */
  readonly control: number;
  /** The cut table and the scratch memory of the first thread. */
  readonly cuts: number;
  readonly scratch: number;
}

/** Neighbouring steps of a phase that work on the same images, as one; all others by themselves. */
function together(steps: readonly PlanStep[]): [PlanStep, ...PlanStep[]][] {
  const groups: [PlanStep, ...PlanStep[]][] = [];
  for (const step of steps) {
    const group = groups[groups.length - 1];
    const { partition, phase } = step;
    const isSame = group?.[0].phase === phase && sameCut(group[0].partition, partition);
    if (partition.by === "images" && isSame) group.push(step);
    else groups.push([step]);
  }
  return groups;
}

/**
 * The bytes of a module that exports one function for each program, under the program's name; and "serve", for threads beside the
 * first.
 */
export function compileModule(
  programs: ReadonlyMap<string, ProgramPlaces>,
  cuts: CutTable,
  threads: ThreadPlaces,
  options: { readonly target: Target; readonly isShared: boolean; readonly hasTeam: boolean; readonly isProfiled: boolean },
): Uint8Array<ArrayBuffer> {
  const { isProfiled } = options;
  const module = new ModuleBuilder(options.isShared, [checkImport, lapImport, ...(isProfiled ? [markImport] : [])]);
  // Kernels are numbered through all programs; the number before those of a program is for waiting.
  let number = 0;
  const timed = (f: FunctionBuilder, kernel: number, emit: () => void) => {
    if (isProfiled) f.i32(2 * kernel).call(markFunction);
    emit();
    if (isProfiled) f.i32(2 * kernel + 1).call(markFunction);
  };
  const threadsCode = new ThreadsCode(module, threads.control);
  const library = new KernelLibrary(module, options.target);
  const waiting: number[] = [];
  const lap = (f: FunctionBuilder, phase: number) => options.hasTeam && threadsCode.emitLap(f, phase);
  const bodies = [...programs].map(([name, { plan, addressOf, phases }]) => {
    const { index, code: f } = module.function(`${name}.body`, ["i32", "i32"]);
    const locals = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")] as const;
    let phase = 0;
    const meeting = number++;
    waiting.push(meeting);
    const meet = () => f.call(threadsCode.barrier);
    lap(f, phaseBegins);
    for (const steps of together(plan.steps)) {
      const [{ partition, phase: next }] = steps;
      // One thread alone waits for nobody: its call is not worth a mark.
      if (next > phase) {
        lap(f, phases[phase]!);
        options.hasTeam ? timed(f, meeting, meet) : meet();
        lap(f, phaseBegins);
      }
      phase = next;
      const part = new Part(f, partition, cuts.offsetOf(phases[phase]!, partition), locals);
      part.where(() => {
        for (const { kernel } of steps) timed(f, number++, () => library.call(f, kernel, part, addressOf));
      });
    }
    lap(f, phases[phase]!);
    return index;
  });
  [...programs.keys()].forEach((name, number) => {
    const work = (f: FunctionBuilder) => f.i32(threads.cuts).i32(threads.scratch).call(bodies[number]!);
    threadsCode.emitRun(name, number, work, (f, wait) => timed(f, waiting[number]!, wait));
  });
  if (options.hasTeam)
    threadsCode.emitServe(bodies.length, (f, number) => f.get(body.cuts).get(body.scratch).call(bodies[number]!));
  return module.build();
}
