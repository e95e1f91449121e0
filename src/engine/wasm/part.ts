/** The part of a kernel's work that falls to the thread at hand, as generated code finds it in the cut table. */
import { chunksOf } from "../../graph/plan/image-kernels.ts";
import type { Partition } from "../../graph/plan/partition.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { cutRows } from "./cuts.ts";

/** Parameters of a program's function: where the cuts of the thread and its scratch memory lie. */
export const body = { cuts: 0, scratch: 1 } as const;

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

  /** Appends what `emit` appends, to be done where the thread has a part; chunk by chunk where it is of images. */
  where(emit: () => void): void {
    const { f, partition } = this;
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

  /** Pushes an address, moved on by the bytes of a row (or column) for each that comes before the part. */
  place(address: number, bytes: number): void {
    this.f.i32(address);
    if (bytes > 0 && this.partition.by !== "one") this.f.get(this.first).i32(bytes).op("i32.mul").op("i32.add");
  }
  /** Pushes how many rows (or columns) the part has; `all` is how many there are. With `unit`, that many for each of its count. */
  size(all: number, unit = 1): void {
    if (this.partition.by === "one") this.f.i32(all);
    else if (unit === 1) this.f.get(this.count);
    else this.f.get(this.count).i32(unit).op("i32.mul");
  }
  /** Rows, or columns of a kernel of one row, for each that the partition counts. */
  unitOf(all: number): number {
    const { by, count } = this.partition;
    return by === "rows" || by === "images" ? all / count : 1;
  }
  /** Pushes the number of the part's first row, and that after its last; with `unit`, so many rows for each of its count. */
  range(all: number, unit = 1): void {
    const { f } = this;
    if (this.partition.by === "one") f.i32(0).i32(all);
    else {
      f.get(this.first).i32(unit).op("i32.mul");
      f.get(this.first).get(this.count).op("i32.add").i32(unit).op("i32.mul");
    }
  }
  /** Pushes the number of the part's first row, and how many it has. */
  span(all: number): void {
    if (this.partition.by === "one") this.f.i32(0).i32(all);
    else this.f.get(this.first).get(this.count);
  }
  /** Pushes an address, moved on by so many bytes for each chunk of images before the one at hand. */
  placeOfChunk(address: number, bytes: number): void {
    this.f.i32(address).get(this.chunk).i32(bytes).op("i32.mul").op("i32.add");
  }
  /** As `range`, in groups of so many rows, a power of two; cuts lie between groups. */
  groups(all: number, size: number): void {
    const shift = 31 - Math.clz32(size);
    if (this.partition.by === "one") this.f.i32(0).i32(Math.ceil(all / size));
    else {
      this.f.get(this.first).i32(shift).op("i32.shr_u");
      this.f
        .get(this.first)
        .get(this.count)
        .op("i32.add")
        .i32(size - 1)
        .op("i32.add")
        .i32(shift)
        .op("i32.shr_u");
    }
  }
  /** Pushes the numbers of strips of a product, tall ones and the rest. */
  strips(rows: number): void {
    const { tall, rest } = cutRows(rows);
    if (this.partition.by === "one") this.f.i32(tall).i32(rest);
    else
      this.f
        .get(body.cuts)
        .mem("i32.load", this.offset + 8)
        .get(body.cuts)
        .mem("i32.load", this.offset + 12);
  }
}
