/**
 * Fusion: from tensors to kernels.
 *
 * Tensors are taken in order of dependency. An elementwise tensor joins the latest kernel among those that its inputs come
 * from, where that kernel can express it; so an activation ends in the epilogue of its product, and softmax, loss and the
 * gradient of the logits in one pass over rows. Since all other inputs come from earlier kernels, no cycle can arise.
 */

import { add, expand } from "../primitives/elementwise.ts";
import type { ReduceName } from "../primitives/reduce.ts";
import { transposedStrides } from "../primitives/reshape.ts";
import { geometryOf } from "../primitives/windows.ts";
import { broadcastStrides, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { blocksOf, returningSums } from "./blocks.ts";
import { baseOf, FormulaBuilder, isInlined, layoutOver } from "./formula.ts";
import {
  filterGradientShape,
  imagesBehind,
  makeTensor,
  paddedWindows,
  replacedProducts,
  samePadding,
  turnedConvolution,
  windowsOf,
  windowsOver,
} from "./fuse-images.ts";
import { gatheredRows } from "./gathered-rows.ts";
import type { ColumnsHead, Group, MatmulHead } from "./group.ts";
import { takesHalves } from "./halves.ts";
import { chunksOf, coverExactly, type PoolKernel, type Windows } from "./image-kernels.ts";
import { type ElementFormula, fewestColumnsToSkip, type PlainKernel } from "./kernel.ts";
import { Costs, fewRecomputed, mostRecomputed } from "./recompute.ts";

export class Fusion {
  readonly groups: Group[] = [];
  private readonly groupOf = new Map<Tensor, number>();
  private readonly converted = new Map<Tensor, Tensor>();
  /** Padded images, by what they are made of. */
  private readonly padded = new Map<Tensor, { readonly windows: Windows; readonly images: Tensor }[]>();
  /** By how many pixels they have. */
  private readonly images = new Map<number, number>();
  private readonly replaced: ReadonlyMap<Tensor, Tensor>;
  private readonly reduced: ReadonlySet<Tensor>;
  private readonly returning: ReadonlySet<Tensor>;
  private readonly costs = new Costs(
    (tensor) => this.madeBy(tensor),
    (tensor) => this.reduced.has(tensor),
  );

  private readonly updated: ReadonlySet<Tensor>;

  /**
   * @param outputs  tensors that are needed when the program has run
   * @param updated  states that it assigns
   */
  constructor(order: readonly Tensor[], outputs: readonly Tensor[], updated: ReadonlySet<Tensor>) {
    this.updated = updated;
    this.replaced = replacedProducts(order, outputs);
    this.returning = returningSums(order);
    this.reduced = new Set(order.flatMap(({ primitive, inputs }) => (primitive.kind === "reduce" ? [baseOf(inputs[0]!)] : [])));
    // Random numbers wait for nothing: what uses them can join what it comes from.
    for (const tensor of order) if (tensor.primitive.kind === "random") this.place(tensor);
    for (const tensor of order) if (tensor.primitive.kind !== "random") this.place(tensor);
  }

  /** The number of the group that computes a tensor, or undefined for leaves and what is inlined. */
  producer(tensor: Tensor): number | undefined {
    return this.groupOf.get(baseOf(tensor));
  }

  private madeBy(tensor: Tensor): Group | undefined {
    return this.groups[this.groupOf.get(tensor) ?? -1];
  }

  /** Makes sure that the tensor will lie in memory, and returns the tensor that does: itself or what it is a view of. */
  stored(tensor: Tensor): Tensor {
    const base = baseOf(tensor);
    if (base.primitive.kind === "leaf" && base.name !== undefined) return base.dtype === "float32" ? base : this.asNumbers(base);
    if (this.groupOf.has(base)) return base;
    this.ownGroup(base);
    return base;
  }

  /** Integers as float32, for kernels that read nothing else. */
  private asNumbers(leaf: Tensor): Tensor {
    let numbers = this.converted.get(leaf);
    if (!numbers) {
      numbers = expand(leaf, [1, ...leaf.shape]);
      this.converted.set(leaf, numbers);
      this.ownGroup(numbers);
    }
    return numbers;
  }

  private place(tensor: Tensor): void {
    switch (tensor.primitive.kind) {
      case "leaf":
      case "reshape":
      case "gather":
        return;
      case "elementwise":
        if (!isInlined(tensor)) this.placeElementwise(tensor);
        return;
      case "reduce":
        this.placeReduce(tensor);
        return;
      case "matmul":
        if (!this.replaced.has(tensor)) this.placeProduct(tensor);
        return;
      case "transpose":
        this.copy(tensor, this.stored(tensor.inputs[0]!), tensor.shape, transposedStrides(tensor));
        return;
      case "patches":
        return;
      case "fold":
        this.placeFold(tensor);
        return;
      case "pool":
      case "poolBack":
        this.placePool(tensor);
        return;
      case "random": {
        const [rows, columns] = tensor.shape as readonly [number, number];
        this.plain({ kind: "random", sources: [tensor.inputs[0]!], target: tensor, rows, columns });
        return;
      }
    }
  }

  private placeProduct(tensor: Tensor): void {
    const { transposeA, transposeB } = tensor.attributes as { transposeA: boolean; transposeB: boolean };
    const [left, right] = tensor.inputs as readonly [Tensor, Tensor];
    const found = windowsOf(left);
    const k = left.shape[transposeA ? 0 : 1]!;
    const flags = { k, transposeA, transposeB };
    const [m, n] = tensor.shape as readonly [number, number];
    if (found && transposeA && !transposeB) {
      const { windows, images } = this.paddedImages(found.patches.inputs[0]!, found.windows);
      const shape = filterGradientShape(windows, n);
      const sums = makeTensor([images, right], shape);
      this.plain({ kind: "filterGradient", sources: [images, this.stored(right)], target: sums, windows, filters: n });
      this.openColumns(tensor, { name: "sum", elements: this.elements(sums, shape[0], m * n), extents: [1, shape[0], m * n] });
      return;
    }
    if (found && !transposeA) {
      const { windows, images } = this.paddedImages(found.patches.inputs[0]!, found.windows);
      this.openProduct(tensor, { a: images, b: this.stored(right), ...flags, windows });
      return;
    }
    const rows = gatheredRows(left, n >= fewestColumnsToSkip) ?? { a: this.stored(left) };
    const b = this.stored(right);
    if (!transposeA && !transposeB && this.updated.has(b) && takesHalves(m, k, n))
      this.openHalves(tensor, { ...rows, b, ...flags });
    else this.openProduct(tensor, { ...rows, b, ...flags });
  }

  /** Two products, and a group of rows that adds them. */
  private openHalves(tensor: Tensor, head: Omit<MatmulHead, "kind">): void {
    const [rows, columns] = tensor.shape as readonly [number, number];
    const [first, second] = ([0, 1] as const).map((half) => {
      const sums = makeTensor(tensor.inputs, tensor.shape);
      this.openProduct(sums, { ...head, half });
      return sums;
    }) as [Tensor, Tensor];
    const formula = this.formula(rows, columns);
    const value = formula.apply(add(first, second), () => "full")!;
    formula.members.set(tensor, { value, layout: "full" });
    this.open({ head: { kind: "rows", joinsHalves: true }, formula }, tensor);
  }

  /** A group whose results are those of its head, and whose formula others may join. */
  private openSummed(tensor: Tensor, rows: number, columns: number, head: Group["head"]): void {
    const formula = this.formula(rows, columns, false, false);
    formula.members.set(tensor, { value: formula.add({ kind: "accumulated", layout: "full" }), layout: "full" });
    this.open({ head, formula }, tensor);
  }

  private openProduct(tensor: Tensor, head: Omit<MatmulHead, "kind">): void {
    const columns = tensor.shape[tensor.shape.length - 1]!;
    this.openSummed(tensor, sizeOf(tensor.shape) / columns, columns, { kind: "matmul", ...head });
  }

  private openColumns(tensor: Tensor, head: Omit<ColumnsHead, "kind">): void {
    this.openSummed(tensor, head.extents[0], head.extents[2], { kind: "columns", ...head });
  }

  private plain(kernel: PlainKernel): void {
    this.open({ head: { kind: "plain", kernel }, formula: this.formula(1, 1) }, kernel.target);
  }

  /** The images with their padding around them, which products read. */
  private paddedImages(x: Tensor, windows: Windows): { windows: Windows; images: Tensor } {
    const source = this.stored(x);
    if (windows.geometry.padding.every((pixels) => pixels === 0)) return { windows, images: source };
    const padded = paddedWindows(windows);
    const known = this.padded.get(source) ?? [];
    const alike = known.find((one) => samePadding(one.windows, windows));
    if (alike) return { windows: padded, images: alike.images };
    const images = makeTensor([source], [windows.images, padded.height, padded.width, padded.channels]);
    this.padded.set(source, [...known, { windows, images }]);
    this.plain({ kind: "pad", sources: [source], target: images, windows });
    return { windows: padded, images };
  }

  private placeFold(tensor: Tensor): void {
    const turned = turnedConvolution(tensor);
    if (!turned || this.replaced.get(turned.product) !== tensor) {
      const sources = [this.stored(tensor.inputs[0]!)] as const;
      this.plain({ kind: "fold", sources, target: tensor, windows: windowsOver(tensor, geometryOf(tensor)) });
      return;
    }
    const { extents, strides, offset } = turned;
    const [places, filters, channels] = extents as readonly [number, number, number];
    const b = makeTensor([turned.filters], [places * filters, channels]);
    this.copy(b, this.stored(turned.filters), extents, strides, offset);
    const { windows, images } = this.paddedImages(turned.gradient, turned.windows);
    this.openProduct(tensor, { a: images, b, k: places * filters, transposeA: false, transposeB: false, windows });
  }

  private placePool(tensor: Tensor): void {
    const { name, kind } = tensor.primitive;
    const back = kind === "poolBack";
    const images = tensor.inputs.map((one) => this.stored(one));
    const windows = windowsOver(back ? tensor : tensor.inputs[0]!, geometryOf(tensor));
    const kernel = { kind: "pool", name: name as PoolKernel["name"], images, windows } as const;
    const columns = tensor.shape[3]!;
    const isClosed = back && !coverExactly(windows);
    this.openSummed(tensor, sizeOf(tensor.shape) / columns, columns, { kind: "pool", kernel, isClosed });
  }

  private formula(
    rows: number,
    columns: number,
    flexible = false,
    isRows = true,
    mostAgain = isRows ? mostRecomputed : fewRecomputed,
  ): FormulaBuilder {
    return new FormulaBuilder(
      rows,
      columns,
      flexible,
      isRows,
      (tensor) => this.groupOf.has(tensor),
      (tensor) => this.costs.of(tensor) <= mostAgain,
    );
  }

  private open(group: Group, ...members: Tensor[]): Group {
    this.groups.push(group);
    for (const member of members) this.groupOf.set(member, this.groups.length - 1);
    return group;
  }

  private copy(target: Tensor, source: Tensor, extents: readonly number[], strides: readonly number[], offset = 0): void {
    this.plain({ kind: "copy", sources: [source], target, extents, strides, offset });
  }

  /** @param throughCheap  look behind inputs that can be computed again */
  private latestGroup(tensor: Tensor, throughCheap = false): number {
    let latest = -1;
    for (const one of tensor.inputs) {
      const isBehind = throughCheap && this.costs.of(baseOf(one)) <= mostRecomputed;
      const group = isBehind ? this.latestGroup(baseOf(one), true) : this.producer(one);
      latest = Math.max(latest, group ?? -1);
    }
    return latest;
  }

  private placeElementwise(tensor: Tensor): void {
    const latest = this.latestGroup(tensor);
    const earlier = new Set([this.latestGroup(tensor, true), ...tensor.inputs.map((one) => this.producer(one) ?? -1)]);
    for (const early of earlier) if (early >= 0 && early < latest && this.joinEarly(early, tensor)) return;
    if (latest >= 0 && this.join(this.groups[latest]!, tensor)) this.groupOf.set(tensor, latest);
    else this.ownGroup(tensor);
  }

  /** Joins a group of rows before that of some inputs, which are computed again there. */
  private joinEarly(number: number, tensor: Tensor): boolean {
    const group = this.groups[number]!;
    if (group.head.kind !== "rows") return false;
    const { formula } = group;
    const joined = formula.tentatively(() => {
      if (!this.join(group, tensor)) return undefined;
      if (formula.operands.every((operand) => (this.producer(operand.tensor) ?? -1) < number)) return true;
      formula.members.delete(tensor);
      return undefined;
    });
    if (joined) this.groupOf.set(tensor, number);
    return joined ?? false;
  }

  /** Expresses the tensor in the group's formula, where that can be done. */
  private join({ head, formula }: Group, tensor: Tensor): boolean {
    if (head.kind === "plain" || (head.kind === "pool" && head.isClosed)) return false;
    const size = sizeOf(tensor.shape);
    if (size === formula.rows * formula.columns && this.joinFull(formula, tensor, head.kind === "pool")) return true;
    if (head.kind !== "rows" || size !== formula.rows || formula.flexible) return false;
    const value = formula.tentatively(() =>
      formula.apply(tensor, ({ shape }) => {
        const count = sizeOf(shape);
        return count === 1 ? "uniform" : count === formula.rows ? "perRow" : undefined;
      }),
    );
    if (value === undefined) return false;
    formula.members.set(tensor, { value, layout: "perRow" });
    return true;
  }

  /** @param withoutRows  the kernel can read nothing that has one number for each row */
  private joinFull(formula: FormulaBuilder, tensor: Tensor, withoutRows = false): boolean {
    const attempt = () =>
      formula.apply(tensor, ({ shape }) => {
        const layout = layoutOver(shape, tensor.shape, formula.rows, formula.columns);
        return withoutRows && layout === "perRow" ? undefined : layout;
      });
    let value = formula.tentatively(attempt);
    // One flat row fits formulas without broadcasting; others may fit once it is seen as rows and columns.
    let rows = 1;
    for (let axis = 0; axis < tensor.shape.length && value === undefined && formula.flexible; axis++) {
      rows *= tensor.shape[axis]!;
      const seenAs = { rows, columns: sizeOf(tensor.shape) / rows, flexible: false };
      value = formula.tentatively(() => {
        Object.assign(formula, seenAs);
        return attempt();
      });
    }
    if (value === undefined) return false;
    formula.members.set(tensor, { value, layout: "full" });
    return true;
  }

  /** A group for this tensor alone, which later ones may join. */
  private ownGroup(tensor: Tensor): void {
    if (tensor.primitive.kind === "patches") {
      const x = tensor.inputs[0]!;
      this.plain({
        kind: "patches",
        sources: [this.stored(x)],
        target: tensor,
        windows: windowsOver(x, geometryOf(tensor)),
      });
      return;
    }
    if (tensor.primitive.kind === "gather") {
      const rows = tensor.shape[0]!;
      const formula = this.formula(rows, sizeOf(tensor.shape) / rows);
      formula.members.set(tensor, { value: formula.read(tensor, "full")!, layout: "full" });
      // The member stands for its own load from here on.
      this.open({ head: { kind: "rows" }, formula }, tensor);
      return;
    }
    const size = sizeOf(tensor.shape);
    const formula = this.formula(1, size, true);
    const node = tensor.primitive.kind === "leaf" ? expand(tensor, [1, ...tensor.shape]) : tensor;
    let fitted = this.joinFull(formula, node);
    if (!fitted) {
      // What lies across rows and columns is copied out to the full shape first; what cannot be expressed here is stored.
      const inputs = node.inputs.map((operand) => {
        const layout = layoutOver(operand.shape, node.shape, 1, size);
        if (layout === undefined) {
          const target = makeTensor([operand], node.shape);
          this.copy(target, this.stored(operand), node.shape, broadcastStrides(operand.shape, node.shape));
          return target;
        }
        if (formula.tentatively(() => formula.read(operand, layout)) === undefined) this.stored(operand);
        return operand;
      });
      const copied = { ...node, inputs };
      fitted = this.joinFull(formula, copied);
      if (!fitted) throw new Error(`the planner cannot place ${node.primitive.name} [${node.shape.join(", ")}]`);
      const member = formula.members.get(copied)!;
      formula.members.delete(copied);
      formula.members.set(tensor, member);
    } else if (node !== tensor) {
      const member = formula.members.get(node)!;
      formula.members.delete(node);
      formula.members.set(tensor, member);
    }
    this.open({ head: { kind: "rows" }, formula }, tensor);
  }

  /** What a reduction takes up: loaded, or computed on the way where that is cheap. */
  private elements(source: Tensor, rows: number, columns: number): ElementFormula {
    const formula = this.formula(rows, columns, false, false, mostRecomputed);
    const value = formula.tentatively(() => {
      const found = formula.read(source, "full");
      return formula.operands.some(({ layout }) => layout === "perRow") ? undefined : found;
    });
    if (value !== undefined) return { operands: formula.operands, values: formula.values, value };
    const operand = { tensor: this.stored(source), layout: "full" } as const;
    return { operands: [operand], values: [{ kind: "load", operand: 0, layout: "full" }], value: 0 };
  }

  /** How many images so many rows are the pixels of, where kernels on images have made them, or others that were as many. */
  private imagesIn(source: Tensor, rows: number): number | undefined {
    const images = this.images.get(rows) ?? imagesBehind(source, rows, (tensor) => this.madeBy(tensor));
    if (images !== undefined) this.images.set(rows, images);
    return images;
  }

  private placeReduce(tensor: Tensor): void {
    const source = tensor.inputs[0]!;
    const [outer, size, inner] = source.shape as readonly [number, number, number];
    const name = tensor.primitive.name as ReduceName;
    if (inner > 1) {
      const images = outer === 1 ? this.imagesIn(source, size) : undefined;
      const elements = this.elements(source, outer * size, inner);
      const parts = images !== undefined ? chunksOf(images) : outer === 1 ? blocksOf(size) : 1;
      if (parts === 1) {
        this.openColumns(tensor, { name, elements, extents: [outer, size, inner] });
        return;
      }
      const target = makeTensor([source], [parts, inner]);
      const blocks = { name, elements, extents: [parts, size / parts, inner], stage: "blocks" } as const;
      this.openColumns(target, { ...blocks, ...(images && { images }) });
      const join = { name, elements: this.elements(target, parts, inner), extents: [1, parts, inner] } as const;
      this.openColumns(tensor, this.returning.has(tensor) ? { ...join, stage: "join" } : join);
      return;
    }
    const reduceIn = (formula: FormulaBuilder) =>
      formula.tentatively(() => {
        if (formula.flexible && formula.rows * formula.columns === outer * size)
          Object.assign(formula, { rows: outer, columns: size, flexible: false });
        if (formula.rows !== outer || formula.columns !== size) return undefined;
        const argument = formula.read(source, "full");
        return argument === undefined ? undefined : formula.reduce(name, argument);
      });
    const latest = this.latestGroup(tensor);
    const group = this.groups[latest];
    const joined = group?.head.kind === "rows" ? reduceIn(group.formula) : undefined;
    if (group && joined !== undefined) {
      group.formula.members.set(tensor, { value: joined, layout: "perRow" });
      this.groupOf.set(tensor, latest);
      return;
    }
    const formula = this.formula(outer, size);
    let value = reduceIn(formula);
    if (value === undefined) {
      this.stored(source);
      value = reduceIn(formula)!;
    }
    formula.members.set(tensor, { value, layout: "perRow" });
    this.open({ head: { kind: "rows" }, formula }, tensor);
  }
}
