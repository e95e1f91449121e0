/**
 * Edits of a document by path: `optimizer.learningRate=0.1`, `model[0].units=50`, `model.dense1.units=50`; of a layer in a block
 * `model.residual1.dense1.units=50`.
 */
import { DocumentError } from "../core/errors.ts";
import { suggestName } from "../core/names.ts";

type Container = Record<string, unknown> | unknown[];

/** A value as it is typed on a command line: JSON where it is JSON, else a text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** "a.b[0].c" -> ["a", "b", "0", "c"]. */
function parsePath(path: string): string[] {
  const parts = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  if (parts.some((part) => part === "" || part === "__proto__" || part === "constructor" || part === "prototype")) {
    throw new DocumentError("E_DOCUMENT_PATH", {
      message: `'${path}' is not a path in a document`,
      hint: "For example optimizer.learningRate or model[0].units.",
    });
  }
  return parts;
}

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** The names of the layers in a list: their own, or their kind and a number. */
function namesIn(list: readonly unknown[]): string[] {
  const counts = new Map<string, number>();
  return list.map((entry) => {
    const kind = isContainer(entry) && !Array.isArray(entry) ? String(entry.kind) : String(entry);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return isContainer(entry) && !Array.isArray(entry) && typeof entry.name === "string"
      ? entry.name
      : `${kind}${counts.get(kind)}`;
  });
}

/** Where a part of a path leads: a key; in a list a number, or the name of a layer. */
function keyIn(container: Container, part: string, path: string): string | number {
  if (!Array.isArray(container)) return part;
  const names = namesIn(container);
  const index = /^\d+$/.test(part) ? Number(part) : names.indexOf(part);
  if (index < 0 || index >= container.length) {
    const hint = /^\d+$/.test(part) ? `The list has ${container.length} entries, counted from 0.` : suggestName(part, names);
    throw new DocumentError("E_DOCUMENT_PATH", { message: `'${path}': there is no entry '${part}'`, hint });
  }
  return index;
}

/**
 * The document with one value changed; the document given stays as it is.
 *
 * @param edit  path=value; the value is read as JSON, or else as a text
 * @throws DocumentError  the edit has no "=", or its path leads nowhere
 */
export function editDocument(document: unknown, edit: string): unknown {
  const equals = edit.indexOf("=");
  if (equals <= 0) {
    throw new DocumentError("E_DOCUMENT_EDIT", {
      message: `expected path=value, received '${edit}'`,
      hint: "For example --set optimizer.learningRate=0.1.",
    });
  }
  return setInDocument(document, edit.slice(0, equals), parseValue(edit.slice(equals + 1)));
}

/**
 * The document with the value at a path changed; the document given stays as it is.
 *
 * @throws DocumentError  the path leads nowhere
 * @example setInDocument({ optimizer: "adam" }, "optimizer.learningRate", 0.1); // { "optimizer": { "kind": "adam", "learningRate": 0.1 } }
 */
export function setInDocument(document: unknown, path: string, value: unknown): unknown {
  return changed(document, parsePath(path), 0, value, path);
}

/** A copy of what is on the path, with the value at its end; what is beside the path is shared with the document given. */
function changed(container: unknown, parts: readonly string[], depth: number, value: unknown, path: string): unknown {
  if (depth === parts.length) return value;
  // A component given by its name alone gets room for options, and what is not there is made.
  const inside: unknown =
    container === undefined ? {} : typeof container === "string" && depth > 0 ? { kind: container } : container;
  if (!isContainer(inside)) {
    throw new DocumentError("E_DOCUMENT_PATH", {
      message: `'${path}': ${parts.slice(0, depth).join(".") || "the document"} has nothing inside`,
    });
  }
  // A layer inside a block goes by the name that it has everywhere: "residual1.dense1" for model.residual1.layers.dense1.
  const part = parts[depth]!;
  if (
    !Array.isArray(inside) &&
    !Object.hasOwn(inside, part) &&
    Array.isArray(inside.layers) &&
    namesIn(inside.layers).includes(part)
  )
    return changed(inside, [...parts.slice(0, depth), "layers", ...parts.slice(depth)], depth, value, path);
  const key = keyIn(inside, part, path) as never;
  const copy: Container = Array.isArray(inside) ? [...inside] : { ...inside };
  copy[key] = changed(inside[key], parts, depth + 1, value, path) as never;
  return copy;
}
