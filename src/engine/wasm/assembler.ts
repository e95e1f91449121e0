/**
 * A WebAssembly assembler: just what the generated kernels need.
 *
 * Source  WebAssembly core specification 2.0 (binary format) with the relaxed-SIMD and threads proposals for their opcodes.
 * Choice  Stack style: each method appends one instruction, so a kernel generator reads like the code it makes.
 */

import { Bytes } from "./bytes.ts";
import {
  type AtomicInstruction,
  atomic,
  laned,
  lanedMemory,
  type MemoryInstruction,
  memory,
  type PlainInstruction,
  plain,
  type ValueType,
  valueTypes,
  vectorConstant,
  vectorShuffle,
} from "./opcodes.ts";

export type { PlainInstruction, ValueType } from "./opcodes.ts";

/** Where the bytes of a constant are made. */
const constant = new DataView(new ArrayBuffer(16));
const constantBytes = new Uint8Array(constant.buffer);

/** A local variable or parameter: its index. */
export type Local = number;

type Locals<N extends number, Made extends readonly Local[] = []> = number extends N
  ? readonly Local[]
  : Made["length"] extends N
    ? Made
    : Locals<N, readonly [...Made, Local]>;

/** Code that is appended again where the same is needed, in a function whose locals have other numbers. */
export interface Snippet {
  readonly bytes: Uint8Array;
  /** Where in the bytes the numbers of locals stand. */
  readonly places: readonly number[];
  readonly firstLocal: Local;
}

export class FunctionBuilder {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  private readonly localTypes: ValueType[] = [];
  private readonly code = new Bytes();
  private zero: Local | undefined;
  private capturing: { readonly firstLocal: Local; readonly places: number[] } | undefined;

  constructor(name: string, parameters: readonly ValueType[]) {
    this.name = name;
    this.parameters = parameters;
  }

  local(type: ValueType): Local {
    this.localTypes.push(type);
    return this.parameters.length + this.localTypes.length - 1;
  }

  /** So many locals of one type, to be taken apart. */
  locals<const N extends number>(type: ValueType, count: N): Locals<N> {
    return Array.from({ length: count }, () => this.local(type)) as unknown as Locals<N>;
  }

  /**
   * Sets vectors to 0 that are not needed any more. A loop around would carry them from round to round, and a host that pairs
   * vectors would take them apart for it.
   */
  forget(vectors: readonly Local[]): this {
    this.zero ??= this.local("v128");
    for (const vector of vectors) this.get(this.zero).set(vector);
    return this;
  }

  /** Appends what `emit` appends, and forgets the vectors that were made in it. */
  forgetting(emit: () => void): this {
    const first = this.localTypes.length;
    emit();
    const made = this.localTypes.flatMap((type, i) => (i >= first && type === "v128" ? [this.parameters.length + i] : []));
    return this.forget(made.filter((local) => local !== this.zero));
  }

  op(name: PlainInstruction): this {
    this.code.opcode(plain[name]);
    return this;
  }
  mem(name: MemoryInstruction, offset = 0): this {
    this.code.opcode(memory[name]);
    if (offset < 0x80) this.code.two(0, offset);
    else {
      this.code.byte(0);
      this.code.unsigned(offset);
    }
    return this;
  }
  /** Takes target, source and bytes. */
  copyMemory(): this {
    for (const byte of [0xfc, 10, 0, 0]) this.code.byte(byte);
    return this;
  }
  /** Takes target, byte and bytes. */
  fillMemory(): this {
    for (const byte of [0xfc, 11, 0]) this.code.byte(byte);
    return this;
  }
  atomic(name: AtomicInstruction, offset = 0): this {
    this.code.opcode(atomic[name]);
    this.code.byte(2);
    this.code.unsigned(offset);
    return this;
  }
  lane(name: keyof typeof laned, lane: number): this {
    this.code.opcode(laned[name]);
    this.code.byte(lane);
    return this;
  }
  storeLane(name: keyof typeof lanedMemory, offset: number, lane: number): this {
    this.code.opcode(lanedMemory[name]);
    this.code.byte(0);
    this.code.unsigned(offset);
    this.code.byte(lane);
    return this;
  }
  private onLocal(opcode: number, local: Local): this {
    if (this.capturing && local >= this.capturing.firstLocal) this.capturing.places.push(this.code.length + 1);
    if (local < 0x80) this.code.two(opcode, local);
    else {
      this.code.byte(opcode);
      this.code.unsigned(local);
    }
    return this;
  }
  get(local: Local): this {
    return this.onLocal(0x20, local);
  }
  set(local: Local): this {
    return this.onLocal(0x21, local);
  }
  tee(local: Local): this {
    return this.onLocal(0x22, local);
  }
  /**
   * Appends what `emit` appends, and keeps it for functions in which the same locals were made in the same order, from
   * `firstLocal` on. Parameters before it keep their numbers.
   */
  capture(firstLocal: Local, emit: () => void): Snippet {
    const start = this.code.length;
    const places: number[] = [];
    this.capturing = { firstLocal, places };
    emit();
    this.capturing = undefined;
    return { bytes: this.code.view().slice(start), places: places.map((place) => place - start), firstLocal };
  }
  /** Appends a snippet whose locals begin at `firstLocal` here. Returns false where a number would need more bytes. */
  append({ bytes, places, firstLocal: from }: Snippet, firstLocal: Local): boolean {
    const shift = firstLocal - from;
    if (places.some((place) => bytes[place]! >= 128 || bytes[place]! + shift >= 128)) return false;
    const moved = bytes.slice();
    for (const place of places) moved[place]! += shift;
    this.code.append(moved);
    return true;
  }
  i32(value: number): this {
    if (value >= -0x40 && value < 0x40) this.code.two(0x41, value & 0x7f);
    else {
      this.code.byte(0x41);
      this.code.signed(value);
    }
    return this;
  }
  /** A small 64-bit integer. */
  i64(value: number): this {
    this.code.byte(0x42);
    this.code.signed(value);
    return this;
  }
  /** Four float32 lanes; one value stands for all four. */
  f32x4(...lanes: number[]): this {
    for (let lane = 0; lane < 4; lane++) constant.setFloat32(4 * lane, lanes.length === 1 ? lanes[0]! : lanes[lane]!, true);
    return this.constant();
  }
  /** Four 32-bit integer lanes; one value stands for all four. */
  i32x4(...lanes: number[]): this {
    for (let lane = 0; lane < 4; lane++) constant.setInt32(4 * lane, lanes.length === 1 ? lanes[0]! : lanes[lane]!, true);
    return this.constant();
  }
  private constant(): this {
    this.code.opcode(vectorConstant);
    this.code.append(constantBytes);
    return this;
  }
  /** Bytes picked out of two vectors: 0 to 15 from the first, 16 to 31 from the second. */
  shuffle(...bytes: number[]): this {
    this.code.opcode(vectorShuffle);
    for (const byte of bytes) this.code.byte(byte);
    return this;
  }
  /** 32-bit lanes picked out of two vectors: 0 to 3 from the first, 4 to 7 from the second. */
  shuffle32(...lanes: [number, number, number, number]): this {
    return this.shuffle(...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }
  call(functionIndex: number): this {
    this.code.byte(0x10);
    this.code.unsigned(functionIndex);
    return this;
  }
  block(body: () => void): this {
    this.code.byte(0x02);
    this.code.byte(0x40);
    body();
    this.code.byte(0x0b);
    return this;
  }
  loop(body: () => void): this {
    this.code.byte(0x03);
    this.code.byte(0x40);
    body();
    this.code.byte(0x0b);
    return this;
  }
  /** Takes the condition from the stack. */
  if(then: () => void, otherwise?: () => void): this {
    this.code.byte(0x04);
    this.code.byte(0x40);
    then();
    if (otherwise) {
      this.code.byte(0x05);
      otherwise();
    }
    this.code.byte(0x0b);
    return this;
  }
  br(depth: number): this {
    this.code.byte(0x0c);
    this.code.unsigned(depth);
    return this;
  }
  brIf(depth: number): this {
    this.code.byte(0x0d);
    this.code.unsigned(depth);
    return this;
  }
  /** Runs `body` as long as the local, counted down by 1, is not 0 yet: at least once. */
  countdown(counter: Local, body: () => void): this {
    return this.loop(() => {
      body();
      this.get(counter).i32(1).op("i32.sub").tee(counter).brIf(0);
    });
  }
  /** local += value, for addresses and counters. */
  bump(local: Local, value: number): this {
    return this.get(local).i32(value).op("i32.add").set(local);
  }

  /** Appends the function's body: declarations of locals in runs of one type, code, end. */
  writeBody(out: Bytes): void {
    const runs: [ValueType, number][] = [];
    for (const type of this.localTypes) {
      const last = runs[runs.length - 1];
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    const declarations = new Bytes();
    declarations.unsigned(runs.length);
    for (const [type, count] of runs) {
      declarations.unsigned(count);
      declarations.byte(valueTypes[type]);
    }
    out.unsigned(declarations.length + this.code.length + 1);
    out.append(declarations.view());
    out.append(this.code.view());
    out.byte(0x0b);
  }
}

/** Appends a section: a count of entries, then each as `write` makes it. */
function writeSection<T>(out: Bytes, id: number, entries: readonly T[], write: (entry: T, section: Bytes) => void): void {
  const content = new Bytes();
  content.unsigned(entries.length);
  for (const entry of entries) write(entry, content);
  out.byte(id);
  out.unsigned(content.length);
  out.append(content.view());
}

/** A function of the host, imported from `env`. */
export interface ImportedFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
}

/** A module whose memory is imported as `env.memory`, and functions beside it; functions give no results. */
export class ModuleBuilder {
  private readonly functions: FunctionBuilder[] = [];
  private readonly exported: number[] = [];
  private readonly isShared: boolean;
  private readonly imports: readonly ImportedFunction[];

  /** @param imports  functions of the host; their indices are 0, 1, ... */
  constructor(isShared = false, imports: readonly ImportedFunction[] = []) {
    this.isShared = isShared;
    this.imports = imports;
  }

  /** Reserves an index and returns the builder; bodies can be written in any order. */
  function(name: string, parameters: readonly ValueType[], exported = false): { index: number; code: FunctionBuilder } {
    const code = new FunctionBuilder(name, parameters);
    this.functions.push(code);
    const index = this.imports.length + this.functions.length - 1;
    if (exported) this.exported.push(index);
    return { index, code };
  }

  build(): Uint8Array<ArrayBuffer> {
    const types: (readonly ValueType[])[] = [];
    const typeIndex = new Map<string, number>();
    const numberOf = (parameters: readonly ValueType[]) => {
      const key = parameters.join();
      const known = typeIndex.get(key);
      if (known !== undefined) return known;
      typeIndex.set(key, types.length);
      types.push(parameters);
      return types.length - 1;
    };
    const importTypes = this.imports.map(({ parameters }) => numberOf(parameters));
    const typeOf = this.functions.map(({ parameters }) => numberOf(parameters));
    const out = new Bytes();
    for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]) out.byte(byte);
    writeSection(out, 1, types, (parameters, section) => {
      section.byte(0x60);
      section.unsigned(parameters.length);
      for (const parameter of parameters) section.byte(valueTypes[parameter]);
      section.byte(0);
    });
    const imported = [{ name: "memory", type: -1 }, ...this.imports.map(({ name }, i) => ({ name, type: importTypes[i]! }))];
    writeSection(out, 2, imported, ({ name, type }, section) => {
      section.text("env");
      section.text(name);
      if (type < 0) {
        section.byte(0x02);
        // Limits: at the least no page; no bound above, or for shared memory the largest that there can be.
        section.byte(this.isShared ? 0x03 : 0x00);
        section.byte(0);
        if (this.isShared) section.unsigned(65536);
      } else {
        section.byte(0x00);
        section.unsigned(type);
      }
    });
    writeSection(out, 3, typeOf, (index, section) => section.unsigned(index));
    writeSection(out, 7, this.exported, (index, section) => {
      section.text(this.functions[index - this.imports.length]!.name);
      section.byte(0x00);
      section.unsigned(index);
    });
    writeSection(out, 10, this.functions, (f, section) => f.writeBody(section));
    this.writeNames(out);
    return out.finished();
  }

  /** The custom section that gives functions their names in profiles and stack traces. */
  private writeNames(out: Bytes): void {
    const content = new Bytes();
    content.text("name");
    writeSection(content, 1, [...this.functions.entries()], ([index, f], section) => {
      section.unsigned(this.imports.length + index);
      section.text(f.name);
    });
    out.byte(0x00);
    out.unsigned(content.length);
    out.append(content.view());
  }
}
