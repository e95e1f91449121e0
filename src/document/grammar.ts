/**
 * From what a person has written to a run: every name resolved, every default filled in, every mistake named at once.
 *
 * What the names stand for is given: this file knows no part, so that a page that brings its parts along carries no others.
 */
import { definitionIn } from "../core/choice.ts";
import { DocumentError, type Problem } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";
import { isPlainObject, type PlainObject } from "../core/objects.ts";
import { type ComponentResolver, type OptionSpecs, resolveOptions, resolveSection } from "../core/options.ts";
import type { Definition, Registry } from "../core/registry.ts";
import { layerOf } from "../nn/activation-layer.ts";
import { warmupSpec } from "../optim/schedules/apply.ts";
import type { Parts } from "./parts.ts";
import type { Chosen, Clip, ResolvedComponent, ResolvedDocument, Run, RunLayer, RunMetric, RunSchedule } from "./run-document.ts";
import { averageSpecs, clipSpecs, earlyStoppingSpecs, runSpecs, trainingSpecs } from "./sections.ts";

/** A document on its way: the names that are known, and the mistakes so far. */
export interface Reading {
  readonly parts: Parts;
  readonly problems: Problem[];
}

const defaultOptimizer = "adam";
const sections = [
  "data",
  "preprocessing",
  "augmentation",
  "model",
  "loss",
  "optimizer",
  "penalty",
  "constraint",
  "schedule",
  "clip",
  "average",
  "metrics",
  "training",
] as const;

export interface ResolvedParts<C> {
  readonly chosen: C;
  readonly json: ResolvedComponent;
}

/** A definition that a component brought along, where it is of the kind that is wanted. */
function accept(definition: Definition, kind: string): Definition | undefined {
  if (kind === "layer") return layerOf(definition);
  return definition.role === kind ? definition : undefined;
}

interface ResolvedLayers {
  readonly layers: readonly RunLayer[];
  readonly json: readonly ResolvedComponent[];
}

/** Resolves the layers inside a layer of some kind, which stand in one of its options. */
type LayersResolver = (value: unknown, path: string, kind: string) => ResolvedLayers;

/** A component by name, with options, or as a definition; undefined after a mistake, which is among the problems. */
export function resolveComponent<D extends Definition>(
  registry: Registry<D>,
  value: unknown,
  path: string,
  reading: Reading,
  ignored: readonly string[] = [],
  resolveInside?: LayersResolver,
): ResolvedParts<Chosen<D>> | undefined {
  const { problems, parts: known } = reading;
  const { kind } = registry;
  const brought = definitionIn(value);
  const own = brought && accept(brought, kind);
  const given =
    typeof value === "string" ? { kind: value } : typeof value === "function" && brought ? { kind: brought.name } : value;
  if (!isPlainObject(given)) {
    problems.push({
      path,
      message: `expected a ${kind}: its name, or an object with its "kind"; received ${showValue(value)}`,
    });
    return undefined;
  }
  if (brought && !own) {
    problems.push({ path, message: `expected a ${kind}, received the ${brought.role} '${brought.name}'` });
    return undefined;
  }
  if (!own && (typeof given.kind !== "string" || !registry.has(given.kind))) {
    const where = typeof value === "string" ? path : `${path}.kind`;
    const nearest =
      typeof given.kind === "string" ? suggestName(given.kind, registry.names) : `valid: ${registry.names.join(", ")}`;
    problems.push({
      path: where,
      message: given.kind === undefined ? `a ${kind} needs its "kind"` : `there is no ${kind} ${showValue(given.kind)}`,
      hint: known.hint ?? nearest,
    });
    return undefined;
  }
  const definition = (own as D | undefined) ?? registry.get(given.kind as string);
  const nested: Record<string, unknown> = {};
  const resolve: ComponentResolver = (of, component, at, list) => {
    if (of === "layers") {
      const inside = resolveInside?.(component, at, definition.name);
      nested[at] = inside?.json;
      return inside?.layers;
    }
    const registry = known[`${of}s` as "initializers"];
    const parts = resolveComponent<Definition>(registry, component, at, { parts: known, problems: list });
    if (parts) nested[at] = parts.json;
    return parts?.chosen;
  };
  const owner = `${kind} '${definition.name}'`;
  const options = resolveOptions(definition.options, given, { owner, path, problems, ignored: ["kind", ...ignored], resolve });
  const json = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, nested[`${path}.${name}`] ?? option]));
  return { chosen: { definition, options }, json: { kind: definition.name, ...json } };
}

/** What holds weights back, of a layer or of the whole run. */
function resolveRegularizers(given: PlainObject, path: string, reading: Reading) {
  const { penalty, constraint } = given;
  return {
    penalty: penalty === undefined ? undefined : resolveComponent(reading.parts.penalties, penalty, `${path}penalty`, reading),
    constraint:
      constraint === undefined
        ? undefined
        : resolveComponent(reading.parts.constraints, constraint, `${path}constraint`, reading),
  };
}

/** What is done to the inputs, one after the other: a section that lists components; nothing where it is left out. */
function resolveList<D extends Definition>(
  registry: Registry<D>,
  section: string,
  value: unknown,
  example: string,
  reading: Reading,
): readonly ResolvedParts<Chosen<D>>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    const message = `expected a list of ${section} steps, received ${showValue(value)}`;
    reading.problems.push({ path: section, message, hint: `For example ["${example}"].` });
    return [];
  }
  return value.flatMap((entry: unknown, i) => resolveComponent(registry, entry, `${section}[${i}]`, reading) ?? []);
}

/**
 * The layers of a model, or of a block in it.
 *
 * @param prefix  of their names: "residual1." for those of its option `layers`, "residual1.shortcut." for those of another one
 * @param paths   of all layers so far, by name
 */
function resolveLayers(
  value: unknown,
  reading: Reading,
  listPath = "model",
  prefix = "",
  paths = new Map<string, string>(),
): ResolvedLayers {
  const { problems } = reading;
  const layers: RunLayer[] = [];
  const json: ResolvedComponent[] = [];
  if (!Array.isArray(value) || value.length === 0) {
    problems.push({
      path: listPath,
      message: `expected a list of layers, received ${showValue(value)}`,
      hint: 'For example ["relu"] or [{ "kind": "dense", "units": 10 }].',
    });
    return { layers, json };
  }
  const counts = new Map<string, number>();
  value.forEach((entry: unknown, i) => {
    const path = `${listPath}[${i}]`;
    const nameOf = (kind: string) =>
      isPlainObject(entry) && entry.name !== undefined ? entry.name : `${kind}${(counts.get(kind) ?? 0) + 1}`;
    const resolveInside: LayersResolver = (inside, at, kind) => {
      const option = at.slice(path.length + 1);
      const own = `${prefix}${nameOf(kind)}.`;
      return resolveLayers(inside, reading, at, option === "layers" ? own : `${own}${option}.`, paths);
    };
    const parts = resolveComponent(reading.parts.layers, entry, path, reading, ["name", "penalty", "constraint"], resolveInside);
    if (!parts) return;
    const { definition, options } = parts.chosen;
    const name = nameOf(definition.name);
    counts.set(definition.name, (counts.get(definition.name) ?? 0) + 1);
    if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
      problems.push({
        path: `${path}.name`,
        message: `expected a name of letters, digits, _ and -, received ${showValue(name)}`,
      });
      return;
    }
    const fullName = `${prefix}${name}`;
    const other = paths.get(fullName);
    if (other) problems.push({ path: `${path}.name`, message: `the name '${fullName}' is taken by ${other}` });
    paths.set(fullName, path);
    const { penalty, constraint } = resolveRegularizers(isPlainObject(entry) ? entry : {}, `${path}.`, reading);
    layers.push({
      definition,
      name: fullName,
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

/** A section of plain options; undefined where it is absent. */
const optionalSection = <S extends OptionSpecs>(specs: S, value: unknown, path: string, problems: Problem[]) =>
  value === undefined ? undefined : resolveSection(specs, value, path, problems);

function resolveTraining(value: unknown, problems: Problem[]): ResolvedDocument["training"] {
  const training = resolveSection(trainingSpecs, value ?? {}, "training", problems, ["earlyStopping"]);
  if (!training) return { batchSize: 1, order: "epochs", accumulate: 1, monitor: "loss" };
  const given = isPlainObject(value) ? value.earlyStopping : undefined;
  const earlyStopping = optionalSection(earlyStoppingSpecs, given, "training.earlyStopping", problems);
  const { epochs, iterations, ...rest } = training;
  if (epochs !== undefined && iterations !== undefined) {
    problems.push({ path: "training.iterations", message: "epochs and iterations are both given", hint: "Keep one of the two." });
  }
  const length = iterations !== undefined ? { iterations } : { epochs: epochs ?? 10 };
  return { ...rest, ...length, ...(earlyStopping && { earlyStopping }) };
}

/** What is measured beside loss and accuracy, each under a name of its own. */
function resolveMetrics(value: unknown, reading: Reading): { chosen: RunMetric[]; json: ResolvedComponent[] } {
  const { problems } = reading;
  const [chosen, json]: [RunMetric[], ResolvedComponent[]] = [[], []];
  if (value !== undefined && !Array.isArray(value)) {
    const hint = 'For example ["f1", { "kind": "topK", "k": 5 }].';
    problems.push({ path: "metrics", message: `expected a list of metrics, received ${showValue(value)}`, hint });
  }
  (Array.isArray(value) ? value : []).forEach((entry: unknown, i) => {
    const path = `metrics[${i}]`;
    const parts = resolveComponent(reading.parts.metrics, entry, path, reading, ["name"]);
    if (!parts) return;
    const name = isPlainObject(entry) && entry.name !== undefined ? entry.name : parts.chosen.definition.name;
    if (typeof name !== "string" || name === "" || name === "loss" || chosen.some((one) => one.name === name)) {
      const message = `expected a name that is not taken, received ${showValue(name)}`;
      problems.push({ path: `${path}.name`, message, hint: 'Give it one: { "kind": "f1", "name": "microF1", ... }.' });
      return;
    }
    chosen.push({ ...parts.chosen, name });
    const { kind, ...rest } = parts.json;
    json.push({ kind, name, ...rest });
  });
  return { chosen, json };
}

/** A schedule, and the warm-up that any of them may have. */
function resolveSchedule(value: unknown, reading: Reading): ResolvedParts<RunSchedule> | undefined {
  if (value === undefined) return undefined;
  const parts = resolveComponent(reading.parts.schedules, value, "schedule", reading, ["warmup"]);
  const specs = { warmup: warmupSpec };
  const ignored = isPlainObject(value) ? Object.keys(value).filter((name) => name !== "warmup") : [];
  const given = isPlainObject(value) ? value : {};
  const { warmup } = resolveOptions(specs, given, {
    owner: "a schedule",
    path: "schedule",
    problems: reading.problems,
    ignored,
  }) as {
    warmup: number;
  };
  return parts && { chosen: { ...parts.chosen, warmup }, json: { ...parts.json, warmup } };
}

function resolveClip(value: unknown, problems: Problem[]): Clip | undefined {
  const clip = optionalSection(clipSpecs, value, "clip", problems);
  if (clip && clip.value === undefined && clip.norm === undefined) {
    problems.push({ path: "clip", message: "clip needs 'value', 'norm' or both", hint: 'For example { "norm": 1 }.' });
  }
  // Only what was given: an absent bound is no bound.
  return clip && (Object.fromEntries(Object.entries(clip).filter(([, bound]) => bound !== undefined)) as Clip);
}

/** The error that lists every problem of a document. */
export function documentError(problems: readonly Problem[], origin: string): DocumentError {
  const lines = problems.map(
    ({ path, message, hint }) => `  ${path === "" ? "document" : path}: ${message}${hint === undefined ? "" : `\n      ${hint}`}`,
  );
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return new DocumentError("E_DOCUMENT", { message: `${origin} has ${count}:\n${lines.join("\n")}` }, problems);
}

/**
 * Resolves a document.
 *
 * @param parts   what its names stand for
 * @param origin  where it comes from, for messages: the file's name
 * @throws DocumentError  lists each mistake with its path, what was expected, what came, and the nearest valid name
 */
export function resolveWith(parts: Parts, document: unknown, origin: string): Run {
  const problems: Problem[] = [];
  const reading = { parts, problems };
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
  const data = document.data === undefined ? undefined : resolveComponent(parts.datasets, document.data, "data", reading);
  const { parts: known } = reading;
  const preprocessing = resolveList(known.preprocessings, "preprocessing", document.preprocessing, "standardise", reading);
  const augmentation = resolveList(known.augmentations, "augmentation", document.augmentation, "shift", reading);
  const { layers, json } = document.model === undefined ? { layers: [], json: [] } : resolveLayers(document.model, reading);
  const loss = document.loss === undefined ? undefined : resolveComponent(parts.losses, document.loss, "loss", reading);
  const optimizer = resolveComponent(
    parts.optimizers,
    isPlainObject(document.optimizer)
      ? { kind: defaultOptimizer, ...document.optimizer }
      : (document.optimizer ?? defaultOptimizer),
    "optimizer",
    reading,
  );
  const { penalty, constraint } = resolveRegularizers(document, "", reading);
  const schedule = resolveSchedule(document.schedule, reading);
  const clip = resolveClip(document.clip, problems);
  const measured = resolveMetrics(document.metrics, reading);
  const average = optionalSection(averageSpecs, document.average, "average", problems);
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
      ...(augmentation.length > 0 && { augmentation: augmentation.map((step) => step.json) }),
      model: json,
      ...(loss && { loss: loss.json }),
      optimizer: optimizer.json,
      ...(penalty && { penalty: penalty.json }),
      ...(constraint && { constraint: constraint.json }),
      ...(schedule && { schedule: schedule.json }),
      ...(clip && { clip }),
      ...(average && { average }),
      ...(measured.json.length > 0 && { metrics: measured.json }),
      training,
    },
    data: data.chosen,
    preprocessing: preprocessing.map((step) => step.chosen),
    augmentation: augmentation.map((step) => step.chosen),
    layers,
    ...(loss && { loss: loss.chosen }),
    optimizer: optimizer.chosen,
    ...(penalty && { penalty: penalty.chosen }),
    ...(constraint && { constraint: constraint.chosen }),
    ...(schedule && { schedule: schedule.chosen }),
    ...(clip && { clip }),
    ...(average && { average }),
    metrics: measured.chosen,
  };
}
