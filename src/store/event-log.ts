/**
 * What happens in a run or study as lines of JSON, one write each, so that a reader who looks at any time sees whole lines.
 *
 * Choice   JSON has no NaN and no infinities, and JSON.stringify would make null of all three. A diverged loss is what people
 *          look for in a log, so they are written as the texts "NaN", "Infinity" and "-Infinity", as in Protobuf's JSON.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync } from "node:fs";
import { writeWhole } from "./atomic-file.ts";
import { fileFault } from "./file-faults.ts";

/** Anything that says of what type it is, in JSON. */
export interface LogEntry {
  readonly type: string;
}

/** An event as its line, with the line break. */
export function eventLine(event: LogEntry): string {
  const text = JSON.stringify(event, (_, value: unknown) => {
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
  return `${text}\n`;
}

export class EventLog {
  readonly #path: string;
  #file: number | undefined;
  #bytes: number;

  /**
   * @param file  opened for appending; it is closed by `close`
   * @param path  its path, for messages
   */
  constructor(file: number, path: string) {
    this.#file = file;
    this.#path = path;
    this.#bytes = fstatSync(file).size;
  }

  /** @throws FileError  the line could not be written; it was removed again where it was written in part */
  append(event: LogEntry): void {
    if (this.#file === undefined) throw new Error(`'${this.#path}' was closed before an event of type ${event.type}`);
    const bytes = new TextEncoder().encode(eventLine(event));
    try {
      writeWhole(this.#file, bytes);
    } catch (error) {
      this.#forgetPart(this.#file);
      throw fileFault(`'${this.#path}' cannot be written`, error);
    }
    this.#bytes += bytes.length;
  }

  /** Makes what was appended last, beyond a crash of the machine. @throws FileError it cannot be kept */
  sync(): void {
    if (this.#file === undefined) return;
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw fileFault(`'${this.#path}' cannot be written`, error);
    }
  }

  #forgetPart(file: number): void {
    try {
      ftruncateSync(file, this.#bytes);
    } catch {
      // The write's own error is the one to report.
    }
  }

  /** Closes the file; more than once is allowed. */
  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    try {
      closeSync(file);
    } catch (error) {
      // Network file systems report here what they could not write.
      throw fileFault(`'${this.#path}' cannot be closed`, error);
    }
  }
}
