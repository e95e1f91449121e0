/**
 * A WebAssembly assembler: just what the generated kernels need.
 *
 * Source  WebAssembly core specification 2.0 (binary format) with the relaxed-SIMD and threads proposals for their opcodes.
 * Choice  Stack style: each method appends one instruction, so a kernel generator reads like the code it makes.
 */

import { bytesIn, joined, pushAll, pushSigned, pushText, pushUnsigned } from "./bytes.ts";
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

/** Where numbers of one byte end, unsigned. */
const oneByte = 0x80;

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
  readonly bytes: readonly number[];
  /** Where in the bytes the numbers of locals stand. */
  readonly places: readonly number[];
  readonly firstLocal: Local;
  /** The last local that there was: none in it has a larger number. */
  readonly lastLocal: Local;
}

export class FunctionBuilder {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  private readonly localTypes: ValueType[] = [];
  private readonly code: number[] = [];
  /** Locals below it take a byte, and nobody asks where they stand. */
  private plainLocals = oneByte;
  private zero: Local | undefined;
  private capturing: { readonly start: number; readonly firstLocal: Local; readonly places: number[] } | undefined;

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
    this.code.push(...plain[name]);
    return this;
  }
  mem(name: MemoryInstruction, offset = 0): this {
    if (offset < oneByte) this.code.push(...memory[name], 0, offset);
    else {
      this.code.push(...memory[name], 0);
      pushUnsigned(this.code, offset);
    }
    return this;
  }
  /** Takes target, source and bytes. */
  copyMemory(): this {
    this.code.push(0xfc, 10, 0, 0);
    return this;
  }
  /** Takes target, byte and bytes. */
  fillMemory(): this {
    this.code.push(0xfc, 11, 0);
    return this;
  }
  atomic(name: AtomicInstruction, offset = 0): this {
    this.code.push(...atomic[name], 2);
    pushUnsigned(this.code, offset);
    return this;
  }
  lane(name: keyof typeof laned, lane: number): this {
    this.code.push(...laned[name], lane);
    return this;
  }
  storeLane(name: keyof typeof lanedMemory, offset: number, lane: number): this {
    this.code.push(...lanedMemory[name], 0);
    pushUnsigned(this.code, offset);
    this.code.push(lane);
    return this;
  }
  private onLocal(opcode: number, local: Local): this {
    const { code, capturing } = this;
    if (capturing && local >= capturing.firstLocal) capturing.places.push(code.length + 1 - capturing.start);
    if (local < oneByte) code.push(opcode, local);
    else {
      code.push(opcode);
      pushUnsigned(code, local);
    }
    return this;
  }
  get(local: Local): this {
    if (local >= this.plainLocals) return this.onLocal(0x20, local);
    this.code.push(0x20, local);
    return this;
  }
  set(local: Local): this {
    if (local >= this.plainLocals) return this.onLocal(0x21, local);
    this.code.push(0x21, local);
    return this;
  }
  tee(local: Local): this {
    if (local >= this.plainLocals) return this.onLocal(0x22, local);
    this.code.push(0x22, local);
    return this;
  }
  /** sum = a b + sum, rounded once: most of what products are made of, appended at once. */
  multiplyAdd(a: Local, b: Local, sum: Local): this {
    const { code, capturing } = this;
    const opcode = plain["f32x4.relaxed_madd"];
    const isUsual = Math.max(a, b, sum) < oneByte && Math.min(a, b, sum) >= (capturing?.firstLocal ?? 0);
    if (!isUsual) return this.get(a).get(b).get(sum).op("f32x4.relaxed_madd").set(sum);
    const at = code.length - (capturing?.start ?? 0);
    code.push(0x20, a, 0x20, b, 0x20, sum, ...opcode, 0x21, sum);
    capturing?.places.push(at + 1, at + 3, at + 5, at + 7 + opcode.length);
    return this;
  }
  /**
   * Appends what `emit` appends, and keeps it for functions in which the same locals were made in the same order, from
   * `firstLocal` on. Parameters before it keep their numbers.
   */
  capture(firstLocal: Local, emit: () => void): Snippet {
    const start = this.code.length;
    const places: number[] = [];
    this.capturing = { start, firstLocal, places };
    this.plainLocals = Math.min(firstLocal, oneByte);
    emit();
    this.capturing = undefined;
    this.plainLocals = oneByte;
    const lastLocal = this.parameters.length + this.localTypes.length - 1;
    return { bytes: this.code.slice(start), places, firstLocal, lastLocal };
  }
  /** Appends a snippet whose locals begin at `firstLocal` here. Returns false where a number would need more bytes. */
  append({ bytes, places, firstLocal: from, lastLocal }: Snippet, firstLocal: Local): boolean {
    const shift = firstLocal - from;
    if (Math.max(lastLocal, lastLocal + shift) >= oneByte) return false;
    const moved = bytes.slice();
    for (const place of places) moved[place]! += shift;
    pushAll(this.code, moved);
    return true;
  }
  i32(value: number): this {
    if (value >= -0x40 && value < 0x40) this.code.push(0x41, value & 0x7f);
    else {
      this.code.push(0x41);
      pushSigned(this.code, value);
    }
    return this;
  }
  /** A small 64-bit integer. */
  i64(value: number): this {
    this.code.push(0x42);
    pushSigned(this.code, value);
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
    this.code.push(...vectorConstant, ...constantBytes);
    return this;
  }
  /** Bytes picked out of two vectors: 0 to 15 from the first, 16 to 31 from the second. */
  shuffle(...bytes: number[]): this {
    this.code.push(...vectorShuffle, ...bytes);
    return this;
  }
  /** 32-bit lanes picked out of two vectors: 0 to 3 from the first, 4 to 7 from the second. */
  shuffle32(...lanes: [number, number, number, number]): this {
    return this.shuffle(...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }
  call(functionIndex: number): this {
    this.code.push(0x10);
    pushUnsigned(this.code, functionIndex);
    return this;
  }
  block(body: () => void): this {
    this.code.push(0x02, 0x40);
    body();
    this.code.push(0x0b);
    return this;
  }
  loop(body: () => void): this {
    this.code.push(0x03, 0x40);
    body();
    this.code.push(0x0b);
    return this;
  }
  /** Takes the condition from the stack. */
  if(then: () => void, otherwise?: () => void): this {
    this.code.push(0x04, 0x40);
    then();
    if (otherwise) {
      this.code.push(0x05);
      otherwise();
    }
    this.code.push(0x0b);
    return this;
  }
  br(depth: number): this {
    this.code.push(0x0c);
    pushUnsigned(this.code, depth);
    return this;
  }
  brIf(depth: number): this {
    this.code.push(0x0d);
    pushUnsigned(this.code, depth);
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

  /** Ends the function's body. Two pieces: its size and the declarations of its locals in runs of one type; its code. */
  finish(): [readonly number[], readonly number[]] {
    const runs: [ValueType, number][] = [];
    for (const type of this.localTypes) {
      const last = runs[runs.length - 1];
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    const declarations: number[] = [];
    pushUnsigned(declarations, runs.length);
    for (const [type, count] of runs) {
      pushUnsigned(declarations, count);
      declarations.push(valueTypes[type]);
    }
    this.code.push(0x0b);
    const size: number[] = [];
    pushUnsigned(size, declarations.length + this.code.length);
    return [[...size, ...declarations], this.code];
  }
}

/** A section: how many entries it has, and these. */
function section(id: number, count: number, entries: readonly (readonly number[])[]): (readonly number[])[] {
  const counted: number[] = [];
  pushUnsigned(counted, count);
  const start = [id];
  pushUnsigned(start, counted.length + bytesIn(entries));
  return [[...start, ...counted], ...entries];
}

/** One entry of a section. */
function entry(write: (bytes: number[]) => void): number[] {
  const bytes: number[] = [];
  write(bytes);
  return bytes;
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
    const typeSection = types.map((parameters) =>
      entry((bytes) => {
        bytes.push(0x60);
        pushUnsigned(bytes, parameters.length);
        bytes.push(...parameters.map((one) => valueTypes[one]), 0);
      }),
    );
    const imported = [{ name: "memory", type: -1 }, ...this.imports.map(({ name }, i) => ({ name, type: importTypes[i]! }))];
    const importSection = imported.map(({ name, type }) =>
      entry((bytes) => {
        pushText(bytes, "env");
        pushText(bytes, name);
        // Limits: at the least no page; no bound above, or for shared memory the largest that there can be.
        if (type < 0) bytes.push(0x02, this.isShared ? 0x03 : 0x00, 0);
        else bytes.push(0x00);
        if (type >= 0) pushUnsigned(bytes, type);
        else if (this.isShared) pushUnsigned(bytes, 65536);
      }),
    );
    const exportSection = this.exported.map((index) =>
      entry((bytes) => {
        pushText(bytes, this.functions[index - this.imports.length]!.name);
        bytes.push(0x00);
        pushUnsigned(bytes, index);
      }),
    );
    const { functions } = this;
    const bodies = functions.flatMap((f) => f.finish());
    const functionSection = typeOf.map((index) => entry((bytes) => pushUnsigned(bytes, index)));
    const names = this.names();
    return joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, types.length, typeSection),
      ...section(2, imported.length, importSection),
      ...section(3, functions.length, functionSection),
      ...section(7, this.exported.length, exportSection),
      ...section(10, functions.length, bodies),
      [0x00],
      entry((bytes) => pushUnsigned(bytes, bytesIn(names))),
      ...names,
    ]);
  }

  /** The custom section that gives functions their names in profiles and stack traces. */
  private names(): (readonly number[])[] {
    const named = this.functions.map(({ name }, i) =>
      entry((bytes) => {
        pushUnsigned(bytes, this.imports.length + i);
        pushText(bytes, name);
      }),
    );
    return [entry((bytes) => pushText(bytes, "name")), ...section(1, named.length, named)];
  }
}
