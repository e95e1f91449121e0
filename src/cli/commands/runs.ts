/** osolgil runs: what was trained, how it went, and in what runs differ. */
import { Command } from "commander";
import { OptionError } from "../../core/errors.ts";
import { isPlainObject } from "../../core/objects.ts";
import { findRun, listRuns, type RunSummary, removeRun, summarizeRun } from "../../store/list-runs.ts";
import { readEvents, readRunDocument } from "../../store/open-run.ts";
import { screen } from "../output.ts";
import { formatDuration, formatLoss, formatShare, type Paint, painter, plural } from "../terminal/format.ts";
import { TerminalReporter } from "../terminal/reporter.ts";
import { type TableColumn, tableLines } from "../terminal/table.ts";

interface RootOptions {
  readonly root: string;
  readonly json?: true;
}

const addRoot = (command: Command): Command => command.option("--root <folder>", "folder of the runs", "runs");
const addJson = (command: Command): Command => command.option("--json", "as JSON, one line for each");

const loss = (value: number | undefined) => (value === undefined ? "" : formatLoss(value));
const share = (value: number | undefined) => (value === undefined ? "" : formatShare(value));

/** The columns of a list of runs. */
const columns: readonly (TableColumn & { text(run: RunSummary): string })[] = [
  { head: "run", style: "bold", text: ({ name }) => name },
  { head: "data", text: ({ started }) => started?.data ?? "" },
  { head: "model", text: ({ started }) => started?.model ?? "" },
  { head: "state", text: ({ state }) => state },
  { head: "epoch", align: "right", text: ({ epoch, started }) => `${epoch}/${started?.epochs ?? "?"}` },
  { head: "val loss", align: "right", text: ({ ended }) => loss(ended?.metrics.validationLoss) },
  { head: "val acc", align: "right", text: ({ ended }) => share(ended?.metrics.validationAccuracy) },
  { head: "test", align: "right", text: ({ ended }) => share(ended?.metrics.testAccuracy) || loss(ended?.metrics.testLoss) },
  { head: "time", align: "right", style: "dim", text: ({ ended }) => (ended ? formatDuration(ended.metrics.trainSeconds) : "") },
];

function list({ root, json }: RootOptions): void {
  const runs = listRuns(root);
  const out = screen();
  if (json) {
    for (const run of runs) out.write(`${JSON.stringify(run)}\n`);
    return;
  }
  if (runs.length === 0) {
    out.write(`\n  There are no runs in '${root}'. osolgil train makes one.\n\n`);
    return;
  }
  const lines = tableLines(
    columns,
    runs.map((run) => columns.map(({ text }) => text(run))),
    out.columns,
    painter(out.color),
  );
  out.write(`\n${lines.join("\n")}\n\n`);
}

function show(name: string, { root, json }: RootOptions): void {
  const path = findRun(name, root);
  const out = screen();
  if (json) {
    const { name: _, ...summary } = summarizeRun(path);
    out.write(`${JSON.stringify({ ...summary, document: readRunDocument(path) })}\n`);
    return;
  }
  const summary = summarizeRun(path);
  const reporter = new TerminalReporter({ ...out, isTerminal: false });
  for (const event of readEvents(path)) reporter.onEvent(event.type === "run.ended" ? { ...event, folder: path } : event);
  if (summary.ended) return;
  const done = `${plural(summary.step, "step")}, in epoch ${summary.epoch}`;
  const how = summary.state === "running" ? "is under way" : "broke off";
  const next = summary.state === "running" ? "" : `\n  osolgil train --resume ${path}   goes on with it`;
  out.write(`\n  The run ${how}: ${done}.${next}\n\n`);
}

/** A document as paths with their values: "optimizer.learningRate" -> "0.001". Layers go by their names. */
function flattened(value: unknown, path = ""): [string, string][] {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (Array.isArray(value)) {
    return value.flatMap((one, i) =>
      flattened(one, at(isPlainObject(one) && typeof one.name === "string" ? one.name : String(i))),
    );
  }
  if (isPlainObject(value)) return Object.entries(value).flatMap(([key, one]) => flattened(one, at(key)));
  return [[path, JSON.stringify(value)]];
}

/** Rows in which runs differ: paths of their documents, then their scores. */
function differences(runs: readonly RunSummary[]): { documents: string[][]; scores: string[][] } {
  const documents = runs.map(({ path }) => new Map(flattened(readRunDocument(path))));
  const paths = [...new Set(documents.flatMap((document) => [...document.keys()]))];
  const differing = paths
    .map((path) => [path, ...documents.map((document) => document.get(path) ?? "-")])
    .filter(([, first, ...others]) => others.some((value) => value !== first));
  const scores = runs.map(
    ({ ended, state, epoch }) => new Map([["state", state], ["epochs", String(epoch)], ...flattenedScores(ended)]),
  );
  const names = [...new Set(scores.flatMap((one) => [...one.keys()]))];
  return { documents: differing, scores: names.map((name) => [name, ...scores.map((one) => one.get(name) ?? "-")]) };
}

function flattenedScores(ended: RunSummary["ended"]): [string, string][] {
  return Object.entries(ended?.metrics ?? {}).flatMap(([name, value]): [string, string][] => {
    if (isPlainObject(value)) {
      return Object.entries(value).flatMap(([metric, one]) =>
        typeof one === "number" ? [[`${name}.${metric}`, formatLoss(one)] as [string, string]] : [],
      );
    }
    if (typeof value !== "number") return [];
    const text = name.endsWith("Accuracy")
      ? formatShare(value)
      : name.endsWith("Seconds")
        ? formatDuration(value)
        : formatLoss(value);
    return [[name, Number.isInteger(value) && !name.endsWith("Accuracy") ? String(value) : text]];
  });
}

function compare(names: readonly string[], { root, json }: RootOptions): void {
  if (names.length < 2)
    throw new OptionError("E_RUNS_COMPARE", { message: `runs compare needs two runs or more, received ${names.length}` });
  const runs = names.map((name) => summarizeRun(findRun(name, root)));
  const { documents, scores } = differences(runs);
  const out = screen();
  if (json) {
    for (const [path, ...values] of [...documents, ...scores]) {
      out.write(`${JSON.stringify({ path, values: Object.fromEntries(values.map((value, i) => [runs[i]!.path, value])) })}\n`);
    }
    return;
  }
  const paint: Paint = painter(out.color);
  const heads: TableColumn[] = [
    { head: "", style: "dim" },
    ...runs.map(({ name }): TableColumn => ({ head: name, align: "right" })),
  ];
  const same = `  ${paint("dim", "The documents are the same.")}`;
  const head = documents.length === 0 ? [same] : tableLines(heads, documents, out.columns, paint);
  out.write(`\n${[...head, "", ...tableLines(heads, scores, out.columns, paint)].join("\n")}\n\n`);
}

function remove(names: readonly string[], { root }: RootOptions): void {
  // All are found before one is removed.
  const paths = names.map((name) => findRun(name, root));
  for (const path of paths) {
    removeRun(path);
    screen().write(`removed ${path}\n`);
  }
}

export function runsCommand(): Command {
  const command = new Command("runs").description("Lists, shows, compares and removes runs.");
  const commands = [
    addJson(addRoot(new Command("list").description("Lists the runs, oldest first."))).action(list),
    addJson(
      addRoot(new Command("show").description("Shows a run as it went.").argument("<run>", "its folder, or its name")),
    ).action(show),
    addJson(
      addRoot(
        new Command("compare")
          .description("Shows in what documents and scores of runs differ.")
          .argument("<runs...>", "folders or names"),
      ),
    ).action(compare),
    addRoot(
      new Command("rm").description("Removes runs with all that is in their folders.").argument("<runs...>", "folders or names"),
    ).action(remove),
  ];
  for (const one of commands) command.addCommand(one, { isDefault: one.name() === "list" });
  return command;
}
