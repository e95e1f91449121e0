/** A run as a page: how it learned, what it takes for what, and where it errs most. */
import type { EpochEnded, FindingMade, RunEnded, RunEvent, RunStarted, TrainProgress } from "../core/events.ts";
import type { Figure, ImageTile, Mark } from "../figures/index.ts";
import { escapeHtml, pageOf } from "./page.ts";
import { probeSections } from "./probe-sections.ts";
import type { Section } from "./section.ts";

/** What the model makes of examples that it has not learned from. */
export interface Judgement {
  /** Rows: what an example is; columns: what it is taken for. */
  readonly confusion: readonly (readonly number[])[];
  readonly labels: readonly string[];
  /** Examples with the largest loss, those that are pictures as such. */
  readonly mistakes: readonly {
    readonly is: string;
    readonly takenFor: string;
    readonly probability: number;
    readonly tile?: Omit<ImageTile, "label">;
  }[];
}

export interface ReportParts {
  readonly name: string;
  readonly document: unknown;
  readonly events: readonly RunEvent[];
  readonly judgement?: Judgement;
  /** Weights of the first layer's units, as pictures of its inputs. */
  readonly weights?: readonly Omit<ImageTile, "label">[];
}

const curve = (name: string, epochs: readonly number[], values: readonly (number | undefined)[]): Mark => ({
  kind: "line",
  name,
  x: epochs,
  y: values.map((value) => value ?? null),
});

/** Where something was found, on an axis of epochs. */
const foundAt = (findings: readonly FindingMade[], stepsPerEpoch: number): Mark[] =>
  findings.map(({ step, code, severity }) => ({
    kind: "rule",
    x: step / stepsPerEpoch,
    label: code,
    colour: severity === "note" ? "muted" : 1,
  }));

function curvesOf(epochs: readonly EpochEnded[], found: readonly Mark[]): Section[] {
  const x = epochs.map(({ epoch }) => epoch);
  const training = epochs.map((event) => event.training);
  const validation = epochs.map((event) => event.validation);
  const hasValidation = validation.some((scores) => scores !== undefined);
  const both = (of: (scores: EpochEnded["training"]) => number | undefined): Mark[] => {
    const low = training.map(of);
    const high = validation.map((scores) => scores && of(scores));
    const lines = [curve("training", x, low), ...(hasValidation ? [curve("validation", x, high)] : [])];
    if (!hasValidation || epochs.length < 2) return lines;
    const gap: Mark = {
      kind: "area",
      colour: "muted",
      x,
      low: low.map((one) => one ?? null),
      high: high.map((one) => one ?? null),
    };
    return [gap, ...lines];
  };
  const axis = (label: string, values: readonly number[]) => {
    const positive = values.filter((one) => one > 0);
    const isWide = positive.length === values.length && Math.max(...positive) > 20 * Math.min(...positive);
    return { label, ...(isWide && { scale: "log" as const }) };
  };
  const losses = [...training, ...validation].flatMap((scores) => (scores && Number.isFinite(scores.loss) ? [scores.loss] : []));
  const sections: Section[] = [
    {
      title: "Loss",
      text: hasValidation
        ? "The shaded gap is what does not carry over to data that were not learned from."
        : "Over the training data.",
      figure: { panels: [{ x: { label: "epoch" }, y: axis("loss", losses), marks: [...both(({ loss }) => loss), ...found] }] },
    },
  ];
  if (training.some(({ accuracy }) => accuracy !== undefined)) {
    sections.push({
      title: "Accuracy",
      text: "Share of examples whose largest output is the right class.",
      figure: {
        panels: [{ x: { label: "epoch" }, y: { label: "accuracy" }, marks: [...both(({ accuracy }) => accuracy), ...found] }],
      },
    });
  }
  return sections;
}

function rateOf(progress: readonly TrainProgress[]): Section[] {
  const rates = progress.map(({ learningRate }) => learningRate);
  if (new Set(rates).size < 2) return [];
  const x = progress.map(({ step }) => step);
  const figure: Figure = {
    panels: [{ x: { label: "step" }, y: { label: "learning rate" }, marks: [{ kind: "line", x, y: rates }] }],
    legend: "none",
  };
  return [{ title: "Learning rate", text: "As the schedule has set it.", figure }];
}

function judgementOf({ confusion, labels, mistakes }: Judgement): Section[] {
  const size = labels.length;
  const sections: Section[] = [
    {
      title: "What is taken for what",
      text: "Rows: what an example is. Columns: what it is taken for. Those that are right lie on the diagonal.",
      figure: {
        aspect: 1.4,
        panels: [
          {
            x: { label: "taken for", categories: labels },
            y: { label: "is", categories: labels },
            marks: [{ kind: "heatMap", rows: size, columns: size, values: confusion.flat(), labels: size <= 12 }],
          },
        ],
      },
    },
  ];
  const pictures = mistakes.flatMap(({ tile, is, takenFor, probability }): ImageTile[] =>
    tile ? [{ ...tile, label: `${is} → ${takenFor} ${(100 * probability).toFixed(0)} %` }] : [],
  );
  if (pictures.length > 0) {
    sections.push({
      title: "Worst mistakes",
      text: "What an example is, what it is taken for, and how sure the model is of it.",
      figure: { panels: [{ images: pictures, columns: 6 }] },
    });
  }
  return sections;
}

function weightsOf(weights: readonly Omit<ImageTile, "label">[]): Section {
  return {
    title: "First-layer weights",
    text: "Each picture is a unit: what it looks for is in one colour, what it looks away from in the other.",
    figure: { panels: [{ images: weights, colours: "diverging", columns: 12 }] },
  };
}

const signs = { error: "✗", warning: "!", note: "·" } as const;

function findingsOf(findings: readonly FindingMade[]): string {
  if (findings.length === 0) return "";
  const items = findings.map(({ code, severity, message, cause, advice, epoch, step, changes = [] }) => {
    const options = changes.map(
      ({ path, value }) => `--set ${path}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    const mend = options.length > 0 ? `<br><code>${escapeHtml(options.join(" "))}</code>` : "";
    return `<li><b class="${severity === "note" ? "soft" : "fails"}">${signs[severity]} ${code}</b> ${escapeHtml(message)}
<span class="measured">epoch ${epoch}, step ${step}. Likely: ${escapeHtml(cause)}. ${escapeHtml(advice)}${mend}</span></li>`;
  });
  return `<h2>What the doctor found</h2>\n<ul class="claims">${items.join("\n")}</ul>\n`;
}

const percent = (share: number | undefined) => (share === undefined ? "" : `${(100 * share).toFixed(2)} %`);

function summary(started: RunStarted | undefined, ended: RunEnded | undefined): string {
  const rows: [string, string][] = [];
  if (started) {
    const { training, validation, test } = started.examples;
    rows.push(["data", `${started.data}: ${training} training, ${validation} validation, ${test} test`]);
    rows.push(["model", `${started.model}, ${started.parameters} parameters`]);
    rows.push([
      "plan",
      `${started.epochs} epochs of ${started.stepsPerEpoch} steps, batches of ${started.batchSize}, seed ${started.seed}`,
    ]);
    for (const warning of started.warnings ?? []) rows.push(["note", warning]);
  }
  if (ended) {
    const { metrics } = ended;
    rows.push(["ended", `${ended.status} after epoch ${ended.epoch}${ended.reason === undefined ? "" : `: ${ended.reason}`}`]);
    for (const part of ["train", "validation", "test"] as const) {
      const loss = metrics[`${part}Loss`];
      if (loss !== undefined) rows.push([part, `loss ${loss.toPrecision(4)} ${percent(metrics[`${part}Accuracy`])}`]);
    }
    for (const [name, value] of Object.entries(metrics.testMetrics ?? {}))
      if (typeof value === "number") rows.push([`test ${name}`, value.toPrecision(4)]);
    rows.push(["speed", `${metrics.stepsPerSecond.toFixed(0)} steps/s, ${metrics.trainSeconds.toFixed(1)} s of training`]);
  }
  return `<table>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join("")}</table>`;
}

/**
 * The page of a run.
 *
 * @param draw  a figure as SVG that follows the colours of the page
 */
export function runReport({ name, document, events, judgement, weights }: ReportParts, draw: (figure: Figure) => string): string {
  const epochs = events.filter((event) => event.type === "epoch.ended");
  const progress = events.filter((event) => event.type === "train.progress");
  const started = events.find((event) => event.type === "run.started");
  const ended = events.findLast((event) => event.type === "run.ended");
  const findings = events.filter((event) => event.type === "finding.made");
  const perEpoch = started?.stepsPerEpoch ?? epochs[0]?.step ?? 1;
  const sections = [
    ...(epochs.length > 0 ? curvesOf(epochs, foundAt(findings, perEpoch)) : []),
    ...rateOf(progress),
    ...probeSections(events.filter((event) => event.type === "probe.taken")),
    ...(judgement ? judgementOf(judgement) : []),
    ...(weights && weights.length > 0 ? [weightsOf(weights)] : []),
  ];
  const body = sections.map(
    ({ title, text, figure }) => `<h2>${escapeHtml(title)}</h2>\n<p>${escapeHtml(text)}</p>\n<figure>${draw(figure)}</figure>`,
  );
  return pageOf(
    name,
    "en",
    `<p class="id">run</p>\n<h1>${escapeHtml(name)}</h1>\n${summary(started, ended)}\n${findingsOf(findings)}${body.join("\n")}
<h2>Document</h2>\n<details><summary>run.json</summary><pre>${escapeHtml(JSON.stringify(document, null, 2))}</pre></details>`,
  );
}
