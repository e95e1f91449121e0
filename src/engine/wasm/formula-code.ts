/**
 * Code for formulas: each value of a kernel is computed once in the widest scope that it is constant in (the whole call, a
 * row, four columns of a row) and kept in a local. How operands are addressed is the business of the kernel around it.
 */

import type { ReduceName } from "../../graph/index.ts";
import type { Layout, Store, Value } from "../../graph/plan/kernel.ts";
import type { FunctionBuilder, Local, PlainInstruction } from "./assembler.ts";
import { comparisons, emitElementwise } from "./vector-math.ts";

interface Slot {
  readonly local: Local;
  /** Lanes are all ones or all zeros: a comparison that has not been made into numbers. */
  readonly isMask: boolean;
}

export type Scope = "uniform" | "perRow" | "perColumn" | "full";

export class FormulaCode {
  private readonly f: FunctionBuilder;
  private readonly values: readonly Value[];
  private readonly load: (value: Extract<Value, { kind: "load" }>) => void;
  private readonly special: (value: Value, index: number) => void;
  private readonly slots: Record<Scope, Map<number, Slot>> = {
    uniform: new Map(),
    perRow: new Map(),
    perColumn: new Map(),
    full: new Map(),
  };

  /**
   * @param load    pushes the operand's vector for the place at hand
   * @param special pushes what only the kernel knows: column index, accumulated sums, results of reductions
   */
  constructor(
    f: FunctionBuilder,
    values: readonly Value[],
    load: (value: Extract<Value, { kind: "load" }>) => void,
    special: (value: Value, index: number) => void,
  ) {
    this.f = f;
    this.values = values;
    this.load = load;
    this.special = special;
  }

  /** Forgets what was computed for the last row, column or element: the code that follows is for another. */
  begin(scope: Layout): void {
    this.slots[scope].clear();
  }

  /** A value whose local is known already. */
  bind(index: number, local: Local): void {
    this.slots[this.scopeOf(index)].set(index, { local, isMask: false });
  }

  private scopeOf(index: number): Scope {
    return this.values[index]!.layout;
  }

  /** Computes every value of a scope that depends on nothing narrower, as far as `wanted` says. */
  prepare(scope: Scope, wanted: (index: number) => boolean = () => true): void {
    this.values.forEach((value, index) => {
      if (value.layout === scope && wanted(index)) this.slot(index);
    });
  }

  private slot(index: number): Slot {
    const map = this.slots[this.scopeOf(index)];
    const before = map.get(index);
    if (before) return before;
    const value = this.values[index]!;
    const isMask = value.kind === "apply" && comparisons.has(value.name);
    if (value.kind === "load") this.load(value);
    else if (value.kind === "constant") this.f.f32x4(value.value);
    else if (value.kind === "apply") {
      const list = value.arguments.map((argument) => ({
        // Arguments that are not yet in a local are computed before the instruction's own operands are pushed.
        slot: this.slot(argument),
        push: () => this.push(argument),
        pushMask: () => this.pushMask(argument),
        isZero: this.isZero(argument),
      }));
      emitElementwise(this.f, value.name, list);
    } else this.special(value, index);
    const slot = { local: this.f.local("v128"), isMask };
    this.f.set(slot.local);
    map.set(index, slot);
    return slot;
  }

  private isZero(index: number): boolean {
    const value = this.values[index]!;
    return value.kind === "constant" && Object.is(value.value, 0);
  }

  /** Pushes the value as four numbers. */
  push(index: number): void {
    const { local, isMask } = this.slot(index);
    this.f.get(local);
    if (isMask) this.f.f32x4(1).op("v128.and");
  }

  private pushMask(index: number): void {
    const { local, isMask } = this.slot(index);
    this.f.get(local);
    if (!isMask) this.f.f32x4(0).op("f32x4.ne");
  }
}

/** What a reduction starts with, and how it joins two vectors. */
export const reduceCodes = {
  sum: { start: 0, join: "f32x4.add" },
  max: { start: Number.NEGATIVE_INFINITY, join: "f32x4.max" },
  min: { start: Number.POSITIVE_INFINITY, join: "f32x4.min" },
} as const satisfies Record<ReduceName, { start: number; join: PlainInstruction }>;

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

/** Computes every stored value, then stores them: a state may be read and written at the same place. */
export function emitStores(
  f: FunctionBuilder,
  formula: FormulaCode,
  stores: readonly Store[],
  firstStore: number,
  place: Local,
  count: Local | { readonly known: number } | undefined,
  offset: number,
): void {
  const results = stores.map(({ value }) => {
    const local = f.local("v128");
    formula.push(value);
    f.set(local);
    return local;
  });
  results.forEach((local, store) => {
    const address = () =>
      f
        .get(firstStore + store)
        .get(place)
        .op("i32.add");
    if (typeof count === "number") storeCounted(f, address, local, count, offset);
    else storeLanes(f, address, local, count?.known ?? 4, offset);
  });
}
