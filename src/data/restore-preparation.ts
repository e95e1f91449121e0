/** A preparation from what was stored of it. Beside `Preparation`, since it knows every preprocessing step by name. */
import { DataError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import { isPlainObject } from "../core/objects.ts";
import type { Definition } from "../core/registry.ts";
import type { Task } from "./dataset.ts";
import type { EncodedColumn } from "./frame.ts";
import { type InputForm, Preparation, type PreparationParts, preparationFormat, type StoredPreparation } from "./preparation.ts";
import type { PreprocessingDefinition, PreprocessingState } from "./preprocessing/define.ts";
import { preprocessings } from "./preprocessing/index.ts";
import type { FittedStep } from "./rows.ts";

/**
 * What `Preparation.store` gave, back again.
 *
 * @param definitions  preprocessing steps of one's own that it was made with
 * @param origin       where it comes from, for messages
 * @throws DataError  E_DATA_PREPARATION: it is not what `store` gives
 */
export function restorePreparation(
  { json, arrays }: StoredPreparation,
  definitions: readonly Definition[] = [],
  origin = "the preparation",
): Preparation {
  const broken = (what: string) =>
    new DataError("E_DATA_PREPARATION", {
      message: `${origin}: ${what}`,
      hint: "It was damaged, or written by another version of Osolgil.",
    });
  if (!isPlainObject(json) || json.format !== preparationFormat) {
    throw broken(`expected the format ${preparationFormat}, received ${showValue(isPlainObject(json) ? json.format : json)}`);
  }
  const definitionOf = (kind: unknown): PreprocessingDefinition | undefined => {
    const own = definitions.find(({ role, name }) => role === "preprocessing" && name === kind);
    if (own) return own as PreprocessingDefinition;
    return typeof kind === "string" && preprocessings.has(kind) ? preprocessings.get(kind) : undefined;
  };
  const byName = new Map(arrays.map(({ name, values }) => [name, values]));
  const { task, inputs, targets } = json;
  if (!isTask(task) || !isForm(inputs) || !Array.isArray(json.steps) || !(targets === undefined || isScaling(targets, task))) {
    throw broken("expected task, inputs, steps, and perhaps targets");
  }
  const parts = json as unknown as PreparationParts & { readonly steps: readonly unknown[] };
  const steps = parts.steps.map((step: unknown): FittedStep => {
    const definition = isPlainObject(step) && definitionOf(step.kind);
    if (!definition || !isPlainObject(step.state)) {
      throw broken(`expected a preprocessing step, received ${showValue(step)}`);
    }
    const { kind, state, ...options } = step;
    const entries = Object.entries(state as object).map(([name, values]): [string, PreprocessingState[string]] => {
      const found = isPlainObject(values) ? byName.get(String(values.array)) : values;
      if (!(found instanceof Float64Array || Array.isArray(found))) throw broken(`the numbers '${name}' of ${kind} are missing`);
      return [name, found];
    });
    return { definition, options, state: Object.fromEntries(entries) };
  });
  return new Preparation({ ...parts, steps });
}

const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(Number.isFinite);
const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

const isTask = (task: unknown): task is Task =>
  isPlainObject(task) &&
  ((task.kind === "classification" && isSize(task.classes)) || (task.kind === "regression" && isSize(task.outputs)));

const isScaling = (targets: unknown, task: Task): boolean =>
  isPlainObject(targets) &&
  task.kind === "regression" &&
  [targets.mean, targets.std].every((numbers) => isNumbers(numbers) && numbers.length === task.outputs);

function isForm(form: unknown): form is InputForm {
  if (!isPlainObject(form)) return false;
  if (form.kind === "table") return Array.isArray(form.shape) && form.shape.every(isSize) && Number.isFinite(form.scale);
  return form.kind === "columns" && Array.isArray(form.columns) && form.columns.every(isEncoded);
}

const isEncoded = (column: unknown): column is EncodedColumn =>
  isPlainObject(column) &&
  typeof column.name === "string" &&
  ((column.kind === "number" && Number.isFinite(column.fill)) ||
    (column.kind === "category" &&
      (column.encoding === "oneHot" || column.encoding === "index") &&
      Array.isArray(column.levels) &&
      column.levels.every((level) => typeof level === "string")));
