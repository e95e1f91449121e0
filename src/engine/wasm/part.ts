/** The part of a kernel's work that falls to the thread at hand, as generated code finds it in the cut table. */
import { chunksOf } from "../../graph/plan/image-kernels.ts";
import type { Partition } from "../../graph/plan/partition.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { cutRows } from "./cuts.ts";

/** Parameters of a program's function: where the cuts of the thread and its scratch memory lie. */
export const body = { cuts: 0, scratch: 1 } as const;

/** Addresses from here on are offsets within the scratch memory of the thread at hand. */
export const perThread = 0x1_0000_0000;

/** A kernel's part for the thread at hand: all of it, or the rows or columns that these locals hold. */
export class Part {
  private readonly f: FunctionBuilder;
  private readonly partition: Partition;
  private readonly offset: number;
  private readonly first: Local;
  private readonly count: Local;
  private readonly chunk: Local;
  private readonly chunksLeft: Local;

  /** @param offset  of the partition in the cut table */
  constructor(f: FunctionBuilder, partition: Partition, offset: number, locals: readonly [Local, Local, Local, Local]) {
    this.f = f;
    this.partition = partition;
    this.offset = offset;
    [this.first, this.count, this.chunk, this.chunksLeft] = locals;
  }

  /** All of the work is in the part. */
  private get isWhole(): boolean {
    const { by } = this.partition;
    return by === "one" || by === "each";
  }

  /** Appends what `emit` appends, to be done where the thread has a part; chunk by chunk where it is of images. */
  where(emit: () => void): void {
    const { f, partition } = this;
    if (partition.by === "each") {
      emit();
      return;
    }
    if (partition.by === "images") {
      f.get(body.cuts)
        .mem("i32.load", this.offset + 8)
        .set(this.chunk);
      f.get(body.cuts)
        .mem("i32.load", this.offset + 12)
        .tee(this.chunksLeft);
      const bound = () => f.i32(partition.count).op("i32.mul").i32(chunksOf(partition.count)).op("i32.div_u");
      f.if(() => {
        f.countdown(this.chunksLeft, () => {
          f.get(this.chunk);
          bound().set(this.first).get(this.chunk).i32(1).op("i32.add");
          bound().get(this.first).op("i32.sub").set(this.count);
          emit();
          f.bump(this.chunk, 1);
        });
      });
      return;
    }
    this.f
      .get(body.cuts)
      .mem("i32.load", this.offset + 4)
      .tee(this.count);
    this.f.if(() => {
      if (this.partition.by !== "one") this.f.get(body.cuts).mem("i32.load", this.offset).set(this.first);
      emit();
    });
  }

  /** Pushes an address, moved on by the bytes of a row (or column), or of so many together, for each that comes before the part. */
  place(address: number, bytes: number, together = 1): void {
    const { f } = this;
    if (address < perThread) f.i32(address);
    else
      f.get(body.scratch)
        .i32(address - perThread)
        .op("i32.add");
    if (bytes === 0 || this.isWhole) return;
    f.get(this.first);
    this.divide(together).times(bytes).op("i32.add");
  }
  /** What was pushed, divided by a constant; and times one. */
  private divide(by: number): this {
    if (by !== 1) this.f.i32(by).op("i32.div_u");
    return this;
  }
  private times(count: number): FunctionBuilder {
    return count === 1 ? this.f : this.f.i32(count).op("i32.mul");
  }
  /** Pushes how many rows (or columns) the part has; `all` is how many there are. So many of its count together are `unit` of them. */
  size(all: number, unit = 1, together = 1): void {
    if (this.isWhole) this.f.i32(all);
    else {
      this.f.get(this.count);
      this.divide(together).times(unit);
    }
  }
  /** Rows, or columns of a kernel of one row, for each that the partition counts. */
  unitOf(all: number): number {
    const { by, count } = this.partition;
    return by === "rows" || by === "images" ? all / count : 1;
  }
  /** Pushes the number of the part's first row, and that after its last; with `unit`, so many rows for each of its count. */
  range(all: number, unit = 1): void {
    const { f } = this;
    if (this.isWhole) f.i32(0).i32(all);
    else {
      f.get(this.first);
      this.times(unit).get(this.first).get(this.count).op("i32.add");
      this.times(unit);
    }
  }
  /** Pushes the number of the part's first row, and how many it has. */
  span(all: number): void {
    if (this.isWhole) this.f.i32(0).i32(all);
    else this.f.get(this.first).get(this.count);
  }
  /** Pushes an address, moved on by so many bytes for each chunk of images before the one at hand. */
  placeOfChunk(address: number, bytes: number): void {
    this.f.i32(address).get(this.chunk);
    this.times(bytes).op("i32.add");
  }
  /** As `range`, in groups of so many rows; cuts lie between groups. */
  groups(all: number, size: number): void {
    const { f } = this;
    if (this.isWhole) f.i32(0).i32(Math.ceil(all / size));
    else {
      f.get(this.first);
      this.divide(size);
      f.get(this.first)
        .get(this.count)
        .op("i32.add")
        .i32(size - 1)
        .op("i32.add");
      this.divide(size);
    }
  }
  /** Pushes the numbers of strips of a product, tall ones and the rest. */
  strips(rows: number): void {
    const { tall, rest } = cutRows(rows);
    if (this.isWhole) this.f.i32(tall).i32(rest);
    else
      this.f
        .get(body.cuts)
        .mem("i32.load", this.offset + 8)
        .get(body.cuts)
        .mem("i32.load", this.offset + 12);
  }
}
