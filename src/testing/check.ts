/**
 * Contracts: what every definition of a kind must do, as a list of checks. A check has a name, and throws where it does not hold, so
 * that any test runner can run it, or none.
 */
import { OsolgilError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";

/** One thing that a definition must do. */
export interface Check {
  /** What holds, in words. */
  readonly name: string;
  /** @throws ContractError  it does not hold; says what was expected and what came */
  run(): void;
}

/** A definition does not keep its contract. */
export class ContractError extends OsolgilError {}

/** Options of a definition, as its examples have them. */
export type Options = Readonly<Record<string, unknown>>;

/** @throws ContractError */
export function fail(message: string): never {
  throw new ContractError("E_CONTRACT", { message });
}

/** @throws ContractError  it is not so */
export function hold(isSo: boolean, message: string | (() => string)): void {
  if (!isSo) fail(typeof message === "string" ? message : message());
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);

/** Numbers by their bits (NaN is NaN, -0 is not 0), lists and plain objects by what they hold. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (isList(a) && isList(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!isSame(a[i], b[i])) return false;
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || isList(a) || isList(b)) return false;
  const names = Object.keys(a);
  const other = b as Options;
  return names.length === Object.keys(b).length && names.every((name) => isSame((a as Options)[name], other[name]));
}

const shown = (value: unknown): string => {
  const text = isList(value) ? `[${Array.from(value, shown).join(", ")}]` : showValue(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
};

/** @throws ContractError  they differ */
export function holdSame(received: unknown, expected: unknown, what: string): void {
  hold(isSame(received, expected), () => `${what}: expected ${shown(expected)}, received ${shown(received)}`);
}

/** The error of ours that `action` raises, as "Class CODE: message | hint". */
export function raised(action: () => unknown, what: string): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof OsolgilError)) throw error;
    return `${error.name} ${error.code}: ${error.message} | ${error.hint ?? ""}`;
  }
  return fail(`${what}: expected an error, and none was raised`);
}

/** @throws ContractError  a text lacks a part */
export function holdSays(text: string, parts: readonly string[], what: string): void {
  for (const part of parts) hold(text.includes(part), () => `${what}: expected a message with "${part}", received "${text}"`);
}
