/** What modules are written into: bytes, and numbers as WebAssembly writes them. */

const utf8 = new TextEncoder();

/**
 * Bytes in the making, in one buffer that grows. Most code is made once, before the host has optimised what makes it: an instruction
 * takes few calls.
 */
export class Bytes {
  private buffer = new Uint8Array(1024);
  length = 0;

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + bytes));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
  byte(value: number): void {
    if (this.length === this.buffer.length) this.room(1);
    this.buffer[this.length++] = value;
  }
  two(first: number, second: number): void {
    const at = this.length;
    if (at + 2 > this.buffer.length) this.room(2);
    this.buffer[at] = first;
    this.buffer[at + 1] = second;
    this.length = at + 2;
  }
  /** LEB128, unsigned. */
  unsigned(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.byte(value);
      return;
    }
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }
  /** LEB128, signed. */
  signed(value: number): void {
    if (value >= -0x40 && value < 0x40) {
      this.byte(value & 0x7f);
      return;
    }
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }
  /** An opcode: the prefix, then the rest as LEB128. */
  opcode(opcode: readonly number[]): void {
    const second = opcode[1];
    if (second === undefined) this.byte(opcode[0]!);
    else if (second < 0x80) this.two(opcode[0]!, second);
    else {
      this.two(opcode[0]!, (second & 0x7f) | 0x80);
      this.unsigned(second >>> 7);
    }
  }
  append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }
  text(text: string): void {
    const bytes = utf8.encode(text);
    this.unsigned(bytes.length);
    this.append(bytes);
  }
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
  /** A copy of exactly the bytes. */
  finished(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.length);
  }
}
