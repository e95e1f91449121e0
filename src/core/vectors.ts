/** Loops over many numbers, each a function of its own: where V8 compiles them best. */

/** The place of the first NaN or infinity; the length where there is none. `findIndex` calls a function for each number. */
export function firstNotFinite(values: ArrayLike<number>): number {
  let at = 0;
  // Only NaN and the infinities give NaN.
  while (at < values.length && values[at]! - values[at]! === 0) at++;
  return at;
}

/** The root of the sum of the squares. */
export function lengthOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]! * values[i]!;
  return Math.sqrt(total);
}
