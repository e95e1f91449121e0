/** From what a person has written to a study: every name resolved, every default filled in, every mistake named at once. */
import { definitionIn } from "../core/choice.ts";
import { DocumentError, type Problem } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";
import { isPlainObject } from "../core/objects.ts";
import { type OptionSpecs, type OptionValues, resolveOptions, resolveSection } from "../core/options.ts";
import { documentError, resolveComponent } from "../document/grammar.ts";
import { allParts, resolveRun } from "../document/resolve.ts";
import type { Run, RunDocument } from "../document/run-document.ts";
import { checkSpace } from "./check-space.ts";
import { pruners as knownPruners } from "./pruners/index.ts";
import { samplers } from "./samplers/index.ts";
import { type Objective, type Stage, type Study, studyFormat } from "./study.ts";
import type { Goal } from "./trial.ts";
import { withLength } from "./trial-document.ts";
import { findMisfits } from "./try-out.ts";

const defaultTrials = 20;
const mostTrials = 1_000_000;

const headSpecs = {
  format: { type: "string", choices: [studyFormat], default: studyFormat },
  name: { type: "string", optional: true },
  trials: { type: "integer", optional: true, min: 1, max: mostTrials },
  seed: { type: "integer", default: 1, min: 0, max: Number.MAX_SAFE_INTEGER },
  maxFailures: { default: 0.5, min: 0, minExclusive: true, max: 1 },
} as const satisfies OptionSpecs;

const objectiveSpecs = {
  metric: { type: "string", optional: true },
  goal: { type: "string", choices: ["min", "max"], optional: true },
  at: { type: "string", choices: ["best", "last"], default: "best" },
  folds: { type: "integer", optional: true, min: 2, max: 1_000_000 },
} as const satisfies OptionSpecs;

const stageSpecs = {
  trials: { type: "integer", optional: true, min: 1, max: mostTrials },
  epochs: { type: "integer", optional: true, min: 1, max: 1_000_000 },
  iterations: { type: "integer", optional: true, min: 1, max: 1_000_000_000 },
} as const satisfies OptionSpecs;

const narrowSpecs = {
  top: { default: 0.2, min: 0, minExclusive: true },
  margin: { default: 0.1, min: 0, max: 1 },
} as const satisfies OptionSpecs;

const sections = ["run", "space", "objective", "sampler", "pruners", "stages"] as const;

const present = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

/** Whether a run learns classes, as far as its document says: by its loss, or else by its data. */
function learnsClasses({ loss, data }: Run): boolean {
  if (loss && loss.definition.targets.length === 1) return loss.definition.targets[0] === "classes";
  // Data that may be either say so by an option.
  return Object.hasOwn(data.definition.options, "task") ? data.options.task === "classification" : true;
}

function resolveObjective(value: unknown, run: Run, problems: Problem[]): Objective | undefined {
  const given = resolveSection(objectiveSpecs, value ?? {}, "objective", problems);
  if (!given) return undefined;
  const goals: Record<string, Goal | undefined> = { loss: "min", accuracy: "max" };
  for (const { name, definition } of run.metrics) goals[name] = definition.goal;
  const metric = given.metric ?? (learnsClasses(run) ? "accuracy" : "loss");
  if (!Object.hasOwn(goals, metric)) {
    const message = `the run has no metric ${showValue(metric)}`;
    problems.push({ path: "objective.metric", message, hint: suggestName(metric, Object.keys(goals)) });
    return undefined;
  }
  const goal = given.goal ?? goals[metric];
  if (goal === undefined) {
    problems.push({ path: "objective.goal", message: `'${metric}' may be better large or small`, hint: 'Say "min" or "max".' });
    return undefined;
  }
  return present({ metric, goal, at: given.at, folds: given.folds }) as Objective;
}

function resolveNarrow(value: unknown, path: string, problems: Problem[]): Stage["narrow"] {
  if (value === false) return false;
  const narrow = resolveSection(narrowSpecs, value ?? {}, path, problems);
  if (narrow && narrow.top > 1 && !Number.isInteger(narrow.top))
    problems.push({ path: `${path}.top`, message: `expected a share in (0, 1] or a count, received ${narrow.top}` });
  return narrow;
}

/** How many trials each stage has: those that do not say share what is left of all, or have the usual number. */
function shareTrials(
  said: readonly (number | undefined)[],
  all: number | undefined,
  usual: number,
  problems: Problem[],
): number[] {
  const silent = said.filter((count) => count === undefined).length;
  if (all === undefined) return said.map((count) => count ?? usual);
  const left = all - said.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (silent === 0 ? left !== 0 : left < silent) {
    const expected =
      silent === 0 ? `${all - left}, as its stages have together` : `${all - left + silent} at least, for all its stages`;
    problems.push({ path: "trials", message: `expected ${expected}, received ${all}` });
  }
  let given = 0;
  return said.map((count) => count ?? Math.floor(left / silent) + (given++ < left % silent ? 1 : 0));
}

/** @param all  trials of all stages together, where it is said; `usual` those of a stage otherwise */
function resolveStages(value: unknown, all: number | undefined, usual: number, problems: Problem[]): Stage[] {
  if (value === undefined) return [{ trials: all ?? usual }];
  if (!Array.isArray(value) || value.length === 0) {
    problems.push({ path: "stages", message: `expected a list of stages, received ${showValue(value)}` });
    return [];
  }
  const stages = value.map((entry: unknown, at) => {
    const path = `stages[${at}]`;
    const stage = resolveSection(stageSpecs, entry, path, problems, ["narrow"]);
    const narrow = isPlainObject(entry) ? entry.narrow : undefined;
    if (stage?.epochs !== undefined && stage.iterations !== undefined)
      problems.push({
        path: `${path}.iterations`,
        message: "epochs and iterations are both given",
        hint: "Keep one of the two.",
      });
    if (at === 0 && narrow !== undefined)
      problems.push({ path: `${path}.narrow`, message: "the first stage has no stage before it to narrow its ranges by" });
    return { trials: undefined, ...stage, ...(at > 0 && { narrow: resolveNarrow(narrow, `${path}.narrow`, problems) }) };
  });
  const trials = shareTrials(
    stages.map((stage) => stage.trials),
    all,
    usual,
    problems,
  );
  return stages.map((stage, at) => present({ ...stage, trials: trials[at] }) as Stage);
}

/** A document whose definitions stand as objects with their `kind`, as JSON can hold them; what they bring along stays with them. */
function written(value: unknown): unknown {
  if (typeof value === "function" && definitionIn(value)) return (value as () => unknown)();
  if (Array.isArray(value)) return value.map(written);
  if (!isPlainObject(value)) return value;
  return { ...value, ...Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, written(inside)])) };
}

/** The run document by itself; undefined after a mistake, which is among the problems. */
function readRun(document: unknown, problems: Problem[]): Run | undefined {
  if (document === undefined) {
    problems.push({ path: "run", message: "a study needs 'run': a run document" });
    return undefined;
  }
  try {
    return resolveRun(document, "it");
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    problems.push({ path: "run", message: error.message });
    return undefined;
  }
}

/**
 * Resolves a study document.
 *
 * @param origin  where it comes from, for messages: the file's name
 * @returns what its `document` says again gives the same study
 * @throws DocumentError  lists each mistake with its path, what was expected, what came, and the nearest valid name: also what a
 *                        run does not take at an end of a range, and a path that it does not have
 * @example
 * const study = resolveStudy({
 *   run: { data: "mnist", model: [{ kind: "dense", units: 10 }] },
 *   space: { "optimizer.learningRate": { type: "float", min: 1e-6, max: 1e-2, scale: "log" } },
 * });
 * study.objective; // { "metric": "accuracy", "goal": "max", "at": "best" }
 */
export function resolveStudy(input: unknown, origin = "the study"): Study {
  const problems: Problem[] = [];
  if (!isPlainObject(input)) {
    const message = `expected an object with run and space, received ${showValue(input)}`;
    throw documentError([{ path: "", message }], origin);
  }
  if (!("run" in input || "space" in input) && "data" in input) {
    const hint = 'Write { "run": it, "space": { ... } }, or train it as it is.';
    throw documentError([{ path: "", message: "it is a run document: a study has one as its 'run'", hint }], origin);
  }
  const names = [...Object.keys(headSpecs), ...sections];
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) problems.push({ path: name, message: `a study has no '${name}'`, hint: suggestName(name, names) });
  }
  const ignored = Object.keys(input);
  const head = resolveOptions(headSpecs, input, { owner: "a study", path: "", problems, ignored }) as OptionValues<
    typeof headSpecs
  >;
  const runDocument = written(input.run) as RunDocument;
  const run = readRun(runDocument, problems);
  const space = checkSpace(input.space, problems);
  const objective = run && resolveObjective(input.objective, run, problems);
  const reading = { parts: allParts, problems };
  const sampler = resolveComponent(samplers, input.sampler ?? "random", "sampler", reading);
  const list: unknown = input.pruners ?? ["explosion", "nonFinite"];
  if (!Array.isArray(list))
    problems.push({ path: "pruners", message: `expected a list of pruners, received ${showValue(list)}` });
  const pruners = (Array.isArray(list) ? list : []).flatMap(
    (entry: unknown, at) => resolveComponent(knownPruners, entry, `pruners[${at}]`, reading) ?? [],
  );
  const size = space && sampler?.chosen.definition.size?.(space, sampler.chosen.options);
  if (size !== undefined && size > mostTrials && head.trials === undefined) {
    const hint = `For example fewer points for each dimension, or "trials": how many of them are tried.`;
    problems.push({ path: "sampler", message: `'${sampler!.chosen.definition.name}' has ${size} points in this space`, hint });
  }
  const stages = resolveStages(input.stages, head.trials, size ?? defaultTrials, problems);
  const trials = stages.reduce((sum, stage) => sum + stage.trials, 0);
  if (run && space && problems.length === 0) {
    const document = withLength(runDocument, stages[0]!);
    problems.push(...findMisfits(document, space));
  }
  if (problems.length > 0 || !run || !space || !sampler || !objective) throw documentError(problems, origin);
  const { format, name, seed, maxFailures } = head;
  return {
    document: {
      format,
      ...(name !== undefined && { name }),
      run: runDocument,
      space,
      objective,
      sampler: sampler.json,
      pruners: pruners.map(({ json }) => json),
      trials,
      seed,
      maxFailures,
      stages,
    },
    run: run.document,
    space,
    objective,
    sampler: sampler.chosen,
    pruners: pruners.map(({ chosen }) => chosen),
    trials,
    seed,
    maxFailures,
    stages,
  };
}
