/**
 * Code for formulas: each value of a kernel is computed once in the widest scope that it is constant in (the whole call, a
 * row, four columns of a row) and kept in a local, unless it is needed at one place only. How operands are addressed is the business
 * of the kernel around it.
 *
 * Pairs  Vectors that lie side by side are computed side by side, then stored together: hosts that make one operation of two
 *        neighbouring ones (see host-vectors.ts) look for pairs of stores, and for the same operations behind both of them. They
 *        know neighbours by an address that is computed once.
 */

import type { ReduceName } from "../../graph/index.ts";
import type { Layout, Store, Value } from "../../graph/plan/kernel.ts";
import type { FunctionBuilder, Local, PlainInstruction } from "./assembler.ts";
import { comparisons, emitElementwise } from "./vector-math.ts";

interface Slot {
  readonly local: Local;
  /** Lanes are all ones or all zeros: a comparison that has not been made into numbers. */
  readonly isMask: boolean;
  /** The local is for this value alone. */
  readonly isOwn: boolean;
}

export type Scope = "uniform" | "perRow" | "perColumn" | "full";

/** A value that a formula can compute by itself. */
type Computed = Extract<Value, { kind: "load" | "constant" | "apply" }>;

/** Pushes what only the kernel knows (column index, accumulated sums), or gives the local that holds it. */
type Special = (value: Value, vector: number) => Local | undefined;

export class FormulaCode {
  private readonly f: FunctionBuilder;
  private readonly values: readonly Value[];
  private readonly load: (value: Extract<Value, { kind: "load" }>, vector: number) => unknown;
  private readonly special: Special;
  /** How many places need a value. */
  private readonly uses: number[];
  /** Of each vector; what they share is the first one's. */
  private readonly slots: Record<Scope, Map<number, Slot>[]> = { uniform: [], perRow: [], perColumn: [], full: [] };
  /** Locals of values that are not needed any more. */
  private readonly free: Local[] = [];
  private readonly addresses = new Map<number, { readonly local: Local; readonly layout: Layout }>();
  private vector = 0;
  private readonly shared: Scope;

  /**
   * @param results  values that are pushed from outside
   * @param load     pushes the operand's vector for the place at hand, the first one or one that lies after it
   * @param shared   what vectors side by side have in common, beside what is the same for all: their row, or their column
   */
  constructor(
    f: FunctionBuilder,
    values: readonly Value[],
    results: readonly number[],
    load: (value: Extract<Value, { kind: "load" }>, vector: number) => unknown,
    special: Special,
    shared: "perRow" | "perColumn" = "perRow",
  ) {
    this.f = f;
    this.shared = shared;
    this.values = values;
    this.load = load;
    this.special = special;
    this.uses = new Array<number>(values.length).fill(0);
    for (const index of results) this.uses[index]!++;
    for (const value of values) {
      if (value.kind === "apply") for (const argument of value.arguments) this.uses[argument]!++;
      else if (value.kind === "reduce") this.uses[value.argument]!++;
    }
  }

  /** Forgets what was computed for the last row, column or element: the code that follows is for another. */
  begin(scope: Layout): void {
    for (const map of this.slots[scope]) for (const { local, isOwn } of map?.values() ?? []) if (isOwn) this.free.push(local);
    this.slots[scope].length = 0;
    for (const [operand, { layout }] of this.addresses) if (layout === scope) this.addresses.delete(operand);
  }

  /** Pushes the address of an operand's first vector, which `compute` pushes: computed once for vectors side by side. */
  address({ operand, layout }: Extract<Value, { kind: "load" }>, compute: () => unknown): FunctionBuilder {
    const known = this.addresses.get(operand);
    if (known) return this.f.get(known.local);
    compute();
    const local = this.f.local("i32");
    this.addresses.set(operand, { local, layout });
    return this.f.tee(local);
  }

  /** What follows is for the so-manieth of vectors that lie side by side. */
  at(vector: number): this {
    this.vector = vector;
    return this;
  }

  /** A value whose local is known already. */
  bind(index: number, local: Local): void {
    this.slotsOf(index).set(index, { local, isMask: false, isOwn: false });
  }

  /** Where a value of the vector at hand is kept. */
  private slotsOf(index: number): Map<number, Slot> {
    const scope = this.values[index]!.layout;
    const vector = scope === "uniform" || scope === this.shared ? 0 : this.vector;
    return (this.slots[scope][vector] ??= new Map());
  }

  /** Computes every value of a scope that depends on nothing narrower, as far as `wanted` says. */
  prepare(scope: Scope, wanted: (index: number) => boolean = () => true): void {
    this.values.forEach((value, index) => {
      if (value.layout === scope && wanted(index)) this.slot(index);
    });
  }

  /** Pushes a value that is in no local; true where it is a mask. */
  private compute(value: Computed): boolean {
    if (value.kind === "load") this.load(value, this.vector);
    else if (value.kind === "constant") this.f.f32x4(value.value);
    else {
      // Values that are needed elsewhere, too, are in their locals before the instruction's own operands are pushed.
      for (const argument of value.arguments) if (!this.isPassing(argument)) this.slot(argument);
      const list = value.arguments.map((argument) => ({
        push: () => this.push(argument),
        pushMask: () => this.pushMask(argument),
        isZero: this.isZero(argument),
      }));
      emitElementwise(this.f, value.name, list);
      return comparisons.has(value.name);
    }
    return false;
  }

  /** A value of each element that one place needs: it goes there without a local. */
  private isPassing(index: number): boolean {
    const { kind, layout } = this.values[index]!;
    return (
      this.uses[index] === 1 && layout === "full" && (kind === "load" || kind === "apply") && !this.slotsOf(index).has(index)
    );
  }

  /** Makes sure that a value is in a local. */
  private slot(index: number): Slot {
    const map = this.slotsOf(index);
    const before = map.get(index);
    if (before) return before;
    const value = this.values[index]!;
    let slot: Slot;
    if (value.kind === "load" || value.kind === "constant" || value.kind === "apply") {
      const isMask = this.compute(value);
      slot = { local: this.take(), isMask, isOwn: true };
    } else {
      const known = this.special(value, this.vector);
      slot = { local: known ?? this.take(), isMask: false, isOwn: known === undefined };
    }
    if (slot.isOwn) this.f.set(slot.local);
    map.set(index, slot);
    return slot;
  }

  /** A local for four numbers of an element. */
  private take(): Local {
    return this.free.pop() ?? this.f.local("v128");
  }

  /** The local of a value as four numbers; good until the next element begins. */
  local(index: number): Local {
    const { local, isMask } = this.slot(index);
    if (!isMask) return local;
    const numbers = this.f.local("v128");
    this.push(index);
    this.f.set(numbers);
    return numbers;
  }

  private isZero(index: number): boolean {
    const value = this.values[index]!;
    return value.kind === "constant" && Object.is(value.value, 0);
  }

  /** Pushes a value, and tells whether as a mask. */
  private pushEither(index: number): boolean {
    const value = this.values[index]!;
    if ((value.kind === "load" || value.kind === "apply") && this.isPassing(index)) return this.compute(value);
    const { local, isMask } = this.slot(index);
    this.f.get(local);
    return isMask;
  }

  /** Pushes the value as four numbers. */
  push(index: number): void {
    if (this.pushEither(index)) this.f.f32x4(1).op("v128.and");
  }

  private pushMask(index: number): void {
    if (!this.pushEither(index)) this.f.f32x4(0).op("f32x4.ne");
  }
}

/** What a reduction starts with, and how it joins two vectors. */
export const reduceCodes = {
  sum: { start: 0, join: "f32x4.add" },
  max: { start: Number.NEGATIVE_INFINITY, join: "f32x4.max" },
  min: { start: Number.POSITIVE_INFINITY, join: "f32x4.min" },
} as const satisfies Record<ReduceName, { start: number; join: PlainInstruction }>;

/**
 * Stores whole vectors side by side, the last one first: of two that an access outside the memory could part, hosts that pair
 * vectors want that order.
 */
export function storeSideBySide(f: FunctionBuilder, address: () => unknown, vectors: readonly Local[], offset = 0): void {
  for (let v = vectors.length - 1; v >= 0; v--) {
    address();
    f.get(vectors[v]!).mem("v128.store", offset + 16 * v);
  }
}

/** Joins the four lanes of a vector, as (0 + 2) + (1 + 3). */
export function emitReduceLanes(f: FunctionBuilder, name: keyof typeof reduceCodes, vector: Local): void {
  const join = reduceCodes[name].join;
  f.get(vector).get(vector).get(vector).shuffle32(2, 3, 0, 1).op(join).set(vector);
  f.get(vector).get(vector).get(vector).shuffle32(1, 0, 3, 2).op(join).set(vector);
}

/** Stores `lanes` (1 to 4, known when the code is made) of the vector in a local. */
export function storeLanes(f: FunctionBuilder, address: () => void, vector: Local, lanes: number, offset = 0): void {
  if (lanes >= 4) {
    address();
    f.get(vector).mem("v128.store", offset);
    return;
  }
  if (lanes & 2) {
    address();
    f.get(vector).storeLane("v128.store64_lane", offset, 0);
  }
  if (lanes & 1) {
    address();
    f.get(vector).storeLane("v128.store32_lane", offset + (lanes & 2 ? 8 : 0), lanes & 2);
  }
}

/** Stores the first `count` lanes, with `count` (1 to 4) known only when the code runs. */
export function storeCounted(f: FunctionBuilder, address: () => void, vector: Local, count: Local, offset = 0): void {
  f.get(count).i32(4).op("i32.ge_s");
  f.if(
    () => storeLanes(f, address, vector, 4, offset),
    () => {
      f.get(count).i32(2).op("i32.and");
      f.if(
        () => {
          storeLanes(f, address, vector, 2, offset);
          f.get(count).i32(1).op("i32.and");
          f.if(() => {
            address();
            f.get(vector).storeLane("v128.store32_lane", offset + 8, 2);
          });
        },
        () => {
          f.get(count).i32(1).op("i32.and");
          f.if(() => storeLanes(f, address, vector, 1, offset));
        },
      );
    },
  );
}

/**
 * Computes every stored value of so many vectors side by side, then stores them: a state may be read and written at the same
 * place.
 *
 * @param count   of the lanes to store of one vector, where not all are stored: in a local, or known when the code is made
 * @param offset  bytes from `place` to the first vector
 * @param panel   the same for what lies in panels
 */
export function emitStores(
  f: FunctionBuilder,
  formula: FormulaCode,
  stores: readonly Store[],
  firstStore: number,
  place: Local,
  count: Local | { readonly known: number } | undefined,
  offset: number,
  vectors = 1,
  panel: { readonly place: Local; readonly offset: number } = { place, offset },
): void {
  const results = Array.from({ length: vectors }, (_, vector) => stores.map(({ value }) => formula.at(vector).local(value)));
  formula.at(0);
  stores.forEach(({ inPanels }, store) => {
    const at = f.local("i32");
    const start = inPanels ? panel : { place, offset };
    f.get(firstStore + store)
      .get(start.place)
      .op("i32.add")
      .set(at);
    const address = () => f.get(at);
    const vectorsOf = results.map((ofVector) => ofVector[store]!);
    if (count === undefined) storeSideBySide(f, address, vectorsOf, start.offset);
    else if (typeof count === "number") storeCounted(f, address, vectorsOf[0]!, count, start.offset);
    else storeLanes(f, address, vectorsOf[0]!, count.known, start.offset);
  });
}
