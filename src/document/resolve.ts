/** From what a person has written to a run: every name resolved, every default filled in, every mistake named at once. */
import { DocumentError, type Problem } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";
import { isPlainObject, type PlainObject } from "../core/objects.ts";
import { type ComponentResolver, type OptionSpecs, resolveOptions } from "../core/options.ts";
import { createRegistry, type Definition, type Registry } from "../core/registry.ts";
import type { DatasetDefinition } from "../data/dataset.ts";
import { datasets } from "../data/datasets/index.ts";
import { type PreprocessingDefinition, preprocessings } from "../data/preprocessing/index.ts";
import { initializers } from "../nn/initializers/index.ts";
import { modelLayers } from "../nn/layers/index.ts";
import { losses } from "../nn/losses/index.ts";
import { constraints } from "../optim/constraints/index.ts";
import { optimizers } from "../optim/optimizers/index.ts";
import { penalties } from "../optim/penalties/index.ts";
import {
  type Chosen,
  documentFormat,
  type ResolvedComponent,
  type ResolvedDocument,
  type Run,
  type RunLayer,
} from "./run-document.ts";

export const dataSets: Registry<DatasetDefinition> = createRegistry<DatasetDefinition>("data set", datasets);
/** The registries that options of type "component" name. */
const componentRegistries: Readonly<Record<string, Registry<Definition>>> = { initializer: initializers };

const trainingSpecs = {
  batchSize: { type: "integer", default: 128, min: 1, max: 1_000_000, scale: "log", summary: "Examples in a step." },
  epochs: { type: "integer", optional: true, min: 1, max: 1_000_000, summary: "Passes over the training examples." },
  iterations: { type: "integer", optional: true, min: 1, max: 1_000_000_000, summary: "Steps, in place of epochs." },
  order: {
    type: "string",
    choices: ["epochs", "withReplacement", "sequential"],
    default: "epochs",
    summary: "How batches are drawn.",
  },
} as const satisfies OptionSpecs;

const runSpecs = {
  format: { type: "string", choices: [documentFormat], default: documentFormat },
  seed: { type: "integer", default: 1, min: 0, max: Number.MAX_SAFE_INTEGER },
  numerics: { type: "string", choices: ["auto", "fused", "portable"], default: "auto" },
} as const satisfies OptionSpecs;
const defaultOptimizer = "adam";
const sections = ["data", "preprocessing", "model", "loss", "optimizer", "penalty", "constraint", "training"] as const;

interface ResolvedParts<D> {
  readonly chosen: Chosen<D>;
  readonly json: ResolvedComponent;
}

/** A component by name or with options; undefined after a mistake, which is among the problems. */
function resolveComponent<D extends Definition>(
  registry: Registry<D>,
  value: unknown,
  path: string,
  problems: Problem[],
  ignored: readonly string[] = [],
): ResolvedParts<D> | undefined {
  const given = typeof value === "string" ? { kind: value } : value;
  const { kind } = registry;
  if (!isPlainObject(given)) {
    problems.push({
      path,
      message: `expected a ${kind}: its name, or an object with its "kind"; received ${showValue(value)}`,
    });
    return undefined;
  }
  if (typeof given.kind !== "string" || !registry.has(given.kind)) {
    const where = typeof value === "string" ? path : `${path}.kind`;
    const hint = typeof given.kind === "string" ? suggestName(given.kind, registry.names) : `valid: ${registry.names.join(", ")}`;
    problems.push({
      path: where,
      message: given.kind === undefined ? `a ${kind} needs its "kind"` : `there is no ${kind} ${showValue(given.kind)}`,
      hint,
    });
    return undefined;
  }
  const definition = registry.get(given.kind);
  const nested: Record<string, ResolvedComponent> = {};
  const resolve: ComponentResolver = (of, component, at, list) => {
    const parts = resolveComponent(componentRegistries[of]!, component, at, list);
    if (parts) nested[at] = parts.json;
    return parts?.chosen;
  };
  const owner = `${kind} '${definition.name}'`;
  const options = resolveOptions(definition.options, given, { owner, path, problems, ignored: ["kind", ...ignored], resolve });
  const json = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, nested[`${path}.${name}`] ?? option]));
  return { chosen: { definition, options }, json: { kind: definition.name, ...json } };
}

/** What holds weights back, of a layer or of the whole run. */
function resolveRegularizers(given: PlainObject, path: string, problems: Problem[]) {
  const { penalty, constraint } = given;
  return {
    penalty: penalty === undefined ? undefined : resolveComponent(penalties, penalty, `${path}penalty`, problems),
    constraint: constraint === undefined ? undefined : resolveComponent(constraints, constraint, `${path}constraint`, problems),
  };
}

/** What is done to the inputs, one after the other; nothing where it is left out. */
function resolvePreprocessing(value: unknown, problems: Problem[]): readonly ResolvedParts<PreprocessingDefinition>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    const hint = 'For example ["standardise"].';
    problems.push({
      path: "preprocessing",
      message: `expected a list of preprocessing steps, received ${showValue(value)}`,
      hint,
    });
    return [];
  }
  return value.flatMap((entry: unknown, i) => resolveComponent(preprocessings, entry, `preprocessing[${i}]`, problems) ?? []);
}

function resolveLayers(value: unknown, problems: Problem[]): { layers: RunLayer[]; json: ResolvedComponent[] } {
  const layers: RunLayer[] = [];
  const json: ResolvedComponent[] = [];
  if (!Array.isArray(value) || value.length === 0) {
    problems.push({
      path: "model",
      message: `expected a list of layers, received ${showValue(value)}`,
      hint: 'For example ["relu"] or [{ "kind": "dense", "units": 10 }].',
    });
    return { layers, json };
  }
  const counts = new Map<string, number>();
  const paths = new Map<string, string>();
  value.forEach((entry: unknown, i) => {
    const path = `model[${i}]`;
    const parts = resolveComponent(modelLayers, entry, path, problems, ["name", "penalty", "constraint"]);
    if (!parts) return;
    const { definition, options } = parts.chosen;
    const count = (counts.get(definition.name) ?? 0) + 1;
    counts.set(definition.name, count);
    const name = isPlainObject(entry) && entry.name !== undefined ? entry.name : `${definition.name}${count}`;
    if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
      problems.push({
        path: `${path}.name`,
        message: `expected a name of letters, digits, _ and -, received ${showValue(name)}`,
      });
      return;
    }
    const other = paths.get(name);
    if (other) problems.push({ path: `${path}.name`, message: `the name '${name}' is taken by ${other}` });
    paths.set(name, path);
    const { penalty, constraint } = resolveRegularizers(isPlainObject(entry) ? entry : {}, `${path}.`, problems);
    layers.push({
      definition,
      name,
      options,
      ...(penalty && { penalty: penalty.chosen }),
      ...(constraint && { constraint: constraint.chosen }),
    });
    const { kind, ...rest } = parts.json;
    json.push({
      kind,
      name,
      ...rest,
      ...(penalty && { penalty: penalty.json }),
      ...(constraint && { constraint: constraint.json }),
    });
  });
  return { layers, json };
}

function resolveTraining(value: unknown, problems: Problem[]): ResolvedDocument["training"] {
  if (value !== undefined && !isPlainObject(value)) {
    problems.push({
      path: "training",
      message: `expected an object with ${Object.keys(trainingSpecs).join(", ")}, received ${showValue(value)}`,
    });
  }
  const given = isPlainObject(value) ? value : {};
  const training = resolveOptions(trainingSpecs, given, {
    owner: "training",
    path: "training",
    problems,
  }) as unknown as ResolvedDocument["training"];
  if (training.epochs !== undefined && training.iterations !== undefined) {
    problems.push({ path: "training.iterations", message: "epochs and iterations are both given", hint: "Keep one of the two." });
  }
  return training.epochs === undefined && training.iterations === undefined ? { ...training, epochs: 10 } : training;
}

/** The error that lists every problem of a document. */
export function documentError(problems: readonly Problem[], origin: string): DocumentError {
  const lines = problems.map(
    ({ path, message, hint }) => `  ${path === "" ? "document" : path}: ${message}${hint === undefined ? "" : `\n      ${hint}`}`,
  );
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return new DocumentError("E_DOCUMENT", { message: `${origin} has ${count}:\n${lines.join("\n")}` });
}

/**
 * Resolves a document.
 *
 * @param origin  where it comes from, for messages: the file's name
 * @throws DocumentError  lists each mistake with its path, what was expected, what came, and the nearest valid name
 */
export function resolveRun(document: unknown, origin = "the run document"): Run {
  const problems: Problem[] = [];
  if (!isPlainObject(document)) {
    throw documentError(
      [{ path: "", message: `expected an object with data and model, received ${showValue(document)}` }],
      origin,
    );
  }
  const names = [...Object.keys(runSpecs), ...sections];
  for (const name of Object.keys(document)) {
    if (!names.includes(name)) problems.push({ path: name, message: `a run has no '${name}'`, hint: suggestName(name, names) });
  }
  const head = resolveOptions(runSpecs, document, {
    owner: "a run",
    path: "",
    problems,
    ignored: Object.keys(document),
  }) as unknown as ResolvedDocument;
  for (const name of ["data", "model"] as const) {
    if (document[name] === undefined) problems.push({ path: name, message: `a run needs '${name}'` });
  }
  const data = document.data === undefined ? undefined : resolveComponent(dataSets, document.data, "data", problems);
  const preprocessing = resolvePreprocessing(document.preprocessing, problems);
  const { layers, json } = document.model === undefined ? { layers: [], json: [] } : resolveLayers(document.model, problems);
  const loss = document.loss === undefined ? undefined : resolveComponent(losses, document.loss, "loss", problems);
  const optimizer = resolveComponent(
    optimizers,
    isPlainObject(document.optimizer)
      ? { kind: defaultOptimizer, ...document.optimizer }
      : (document.optimizer ?? defaultOptimizer),
    "optimizer",
    problems,
  );
  const { penalty, constraint } = resolveRegularizers(document, "", problems);
  const training = resolveTraining(document.training, problems);
  if (problems.length > 0 || !data || !optimizer) throw documentError(problems, origin);
  const { format, seed, numerics } = head;
  return {
    document: {
      format,
      seed,
      numerics,
      data: data.json,
      ...(preprocessing.length > 0 && { preprocessing: preprocessing.map((step) => step.json) }),
      model: json,
      ...(loss && { loss: loss.json }),
      optimizer: optimizer.json,
      ...(penalty && { penalty: penalty.json }),
      ...(constraint && { constraint: constraint.json }),
      training,
    },
    data: data.chosen,
    preprocessing: preprocessing.map((step) => step.chosen),
    layers,
    ...(loss && { loss: loss.chosen }),
    optimizer: optimizer.chosen,
    ...(penalty && { penalty: penalty.chosen }),
    ...(constraint && { constraint: constraint.chosen }),
  };
}
