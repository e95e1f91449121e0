/** What an example says its value is, against what it is. */
import { deepEqual } from "node:assert/strict";

const plain = (value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;

/** @throws AssertionError  the value is another */
export function shown(value: unknown, said: unknown): void {
  deepEqual(plain(value), said);
}
