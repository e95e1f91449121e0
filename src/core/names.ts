/** Names that people type: the nearest valid one, and how a value is shown in a message. */

/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. Damerau 1964, optimal string alignment. */
export function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let current = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const beforePrevious = previous;
    previous = current;
    current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, beforePrevious[j - 2]! + 1);
      current.push(best);
    }
  }
  return current[b.length]!;
}

/** The candidate closest to what was typed, or undefined where none is close enough to be meant. Case does not count. */
export function nearestName(given: string, candidates: readonly string[]): string | undefined {
  const typed = given.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    const contained = typed.length >= 3 && (lower.startsWith(typed) || typed.startsWith(lower));
    const distance = contained ? 0.5 : editDistance(typed, lower);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return bestDistance <= Math.max(2, Math.floor(typed.length / 3)) ? best : undefined;
}

/** "did you mean 'relu'?" with the list of what there is. */
export function suggestName(given: string, candidates: readonly string[]): string {
  const nearest = nearestName(given, candidates);
  const list = `valid: ${candidates.join(", ")}`;
  return nearest === undefined ? list : `Did you mean '${nearest}'? (${list})`;
}

/** A value as it is shown in a message: short, and unmistakable about its type. */
export function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "string") return value.length > 60 ? `'${value.slice(0, 57)}...'` : `'${value}'`;
  if (Array.isArray(value) && value.length > 0 && value.length <= 8 && value.every((one) => typeof one === "number"))
    return `[${value.join(", ")}]`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint" || typeof value === "symbol") return `the ${typeof value} ${String(value)}`;
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    // A circle, or a BigInt inside.
    return "an object that is not JSON";
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * For paths the shortest ends that tell them apart, in whole parts; what a component's kind is called by the component.
 *
 * @example shortNames(["optimizer.learningRate", "penalty.strength"]) // ["learningRate", "strength"]
 * @example shortNames(["model[0].units", "model[2].units"]) // ["model[0].units", "model[2].units"]
 */
export function shortNames(paths: readonly string[]): string[] {
  const ends = (path: string): string[] => {
    const parts = path.replace(/(?<=.)\.kind$/, "").split(".");
    return parts.map((_, i) => parts.slice(parts.length - 1 - i).join("."));
  };
  return paths.map(
    (path) => ends(path).find((end) => paths.every((other) => other === path || !ends(other).includes(end))) ?? path,
  );
}

/** A value of a parameter in few characters: numbers with three digits, components by their kind. */
export function shortValue(value: unknown): string {
  if (typeof value === "number") {
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e6) return String(value);
    const rounded = Number(value.toPrecision(3));
    return size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential() : String(rounded);
  }
  if (typeof value === "string") return value;
  const kind = (value as { readonly kind?: unknown } | null | undefined)?.kind;
  return typeof kind === "string" ? kind : (JSON.stringify(value) ?? "");
}
