/** A run as a page: how it learned, what it takes for what, and where it errs most. */
import type { EpochEnded, FindingMade, RunEnded, RunEvent, RunStarted, TrainProgress } from "../core/events.ts";
import { changesAsOptions, severitySigns } from "../core/findings.ts";
import { type Language, type Text, wordsIn } from "../core/language.ts";
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
  readonly language: Language;
  /** What a finding is called, and what it means; nothing for one that is not known any more. */
  explain(code: string): { readonly name: Text; readonly explanation: Text } | undefined;
  readonly document: unknown;
  readonly events: readonly RunEvent[];
  readonly judgement?: Judgement;
  /** Weights of the first layer's units, as pictures of its inputs. */
  readonly weights?: readonly Omit<ImageTile, "label">[];
}

/** What the page says. */
const words = {
  run: { en: "run", ko: "학습 기록" },
  loss: { en: "Loss", ko: "손실" },
  gap: {
    en: "The shaded gap is what does not carry over to data that were not learned from.",
    ko: "칠한 틈은 배우지 않은 데이터에는 통하지 않는 만큼이다.",
  },
  trainingOnly: { en: "Over the training data.", ko: "훈련 데이터에서 잰 것이다." },
  accuracy: { en: "Accuracy", ko: "정확도" },
  accuracyText: {
    en: "Share of examples whose largest output is the right class.",
    ko: "가장 큰 출력이 정답 클래스인 표본의 몫이다.",
  },
  epoch: { en: "epoch", ko: "에폭" },
  step: { en: "step", ko: "걸음" },
  training: { en: "training", ko: "훈련" },
  validation: { en: "validation", ko: "검증" },
  test: { en: "test", ko: "시험" },
  rate: { en: "Learning rate", ko: "학습률" },
  rateText: { en: "As the schedule has set it.", ko: "일정이 정한 대로이다." },
  confusion: { en: "What is taken for what", ko: "무엇을 무엇으로 보는가" },
  confusionText: {
    en: "Rows: what an example is. Columns: what it is taken for. Those that are right lie on the diagonal.",
    ko: "행은 표본의 정답, 열은 모형이 본 것이다. 맞힌 것은 대각선에 놓인다.",
  },
  takenFor: { en: "taken for", ko: "본 것" },
  is: { en: "is", ko: "정답" },
  mistakes: { en: "Worst mistakes", ko: "가장 크게 틀린 것" },
  mistakesText: {
    en: "What an example is, what it is taken for, and how sure the model is of it.",
    ko: "정답, 모형이 본 것, 그리고 모형이 얼마나 확신하는지.",
  },
  weights: { en: "First-layer weights", ko: "첫 층의 가중치" },
  weightsText: {
    en: "Each picture is a unit: what it looks for is in one colour, what it looks away from in the other.",
    ko: "그림 하나가 뉴런 하나다. 한 색은 찾는 것, 다른 색은 피하는 것이다.",
  },
  findings: { en: "What the doctor found", ko: "진단에서 찾은 것" },
  likely: { en: "Likely", ko: "짐작되는 까닭" },
  document: { en: "Document", ko: "문서" },
  data: { en: "data", ko: "데이터" },
  model: { en: "model", ko: "모형" },
  plan: { en: "plan", ko: "계획" },
  ended: { en: "ended", ko: "끝" },
  note: { en: "note", ko: "알림" },
  speed: { en: "speed", ko: "속도" },
} as const satisfies Record<string, Text>;
/** The words of the page's language. */
type Words = Readonly<Record<keyof typeof words, string>>;

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

function curvesOf(epochs: readonly EpochEnded[], found: readonly Mark[], say: Words): Section[] {
  const x = epochs.map(({ epoch }) => epoch);
  const training = epochs.map((event) => event.training);
  const validation = epochs.map((event) => event.validation);
  const hasValidation = validation.some((scores) => scores !== undefined);
  const both = (of: (scores: EpochEnded["training"]) => number | undefined): Mark[] => {
    const low = training.map(of);
    const high = validation.map((scores) => scores && of(scores));
    const lines = [curve(say.training, x, low), ...(hasValidation ? [curve(say.validation, x, high)] : [])];
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
      title: say.loss,
      text: hasValidation ? say.gap : say.trainingOnly,
      figure: {
        panels: [{ x: { label: say.epoch }, y: axis(say.loss, losses), marks: [...both(({ loss }) => loss), ...found] }],
      },
    },
  ];
  if (training.some(({ accuracy }) => accuracy !== undefined)) {
    sections.push({
      title: say.accuracy,
      text: say.accuracyText,
      figure: {
        panels: [{ x: { label: say.epoch }, y: { label: say.accuracy }, marks: [...both(({ accuracy }) => accuracy), ...found] }],
      },
    });
  }
  return sections;
}

function rateOf(progress: readonly TrainProgress[], say: Words): Section[] {
  const rates = progress.map(({ learningRate }) => learningRate);
  if (new Set(rates).size < 2) return [];
  const x = progress.map(({ step }) => step);
  const figure: Figure = {
    panels: [{ x: { label: say.step }, y: { label: say.rate }, marks: [{ kind: "line", x, y: rates }] }],
    legend: "none",
  };
  return [{ title: say.rate, text: say.rateText, figure }];
}

function judgementOf({ confusion, labels, mistakes }: Judgement, say: Words): Section[] {
  const size = labels.length;
  const sections: Section[] = [
    {
      title: say.confusion,
      text: say.confusionText,
      figure: {
        aspect: 1.4,
        panels: [
          {
            x: { label: say.takenFor, categories: labels },
            y: { label: say.is, categories: labels },
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
      title: say.mistakes,
      text: say.mistakesText,
      figure: { panels: [{ images: pictures, columns: 6 }] },
    });
  }
  return sections;
}

function weightsOf(weights: readonly Omit<ImageTile, "label">[], say: Words): Section {
  return {
    title: say.weights,
    text: say.weightsText,
    figure: { panels: [{ images: weights, colours: "diverging", columns: 12 }] },
  };
}

function findingsOf(findings: readonly FindingMade[], { language, explain }: ReportParts, say: Words): string {
  if (findings.length === 0) return "";
  const items = findings.map(({ code, severity, message, cause, advice, epoch, step, changes }) => {
    const options = changesAsOptions(changes);
    const mend = options === "" ? "" : `<br><code>${escapeHtml(options)}</code>`;
    const known = explain(code);
    const more = known
      ? `<details><summary>${escapeHtml(known.name[language])}</summary>${escapeHtml(known.explanation[language])}</details>`
      : "";
    return `<li><b class="${severity === "note" ? "soft" : "fails"}">${severitySigns[severity]} ${code}</b> ${escapeHtml(message)}
<span class="measured">${say.epoch} ${epoch}, ${say.step} ${step}. ${say.likely}: ${escapeHtml(cause)}. ${escapeHtml(advice)}${mend}</span>${more}</li>`;
  });
  return `<h2>${say.findings}</h2>\n<ul class="claims">${items.join("\n")}</ul>\n`;
}

const percent = (share: number | undefined) => (share === undefined ? "" : `${(100 * share).toFixed(2)} %`);

function summary(started: RunStarted | undefined, ended: RunEnded | undefined, say: Words): string {
  const rows: [string, string][] = [];
  if (started) {
    const { training, validation, test } = started.examples;
    rows.push([say.data, `${started.data}: ${training} training, ${validation} validation, ${test} test`]);
    rows.push([say.model, `${started.model}, ${started.parameters} parameters`]);
    rows.push([
      say.plan,
      `${started.epochs} epochs of ${started.stepsPerEpoch} steps, batches of ${started.batchSize}, seed ${started.seed}`,
    ]);
    for (const warning of started.warnings ?? []) rows.push([say.note, warning]);
  }
  if (ended) {
    const { metrics } = ended;
    rows.push([say.ended, `${ended.status} after epoch ${ended.epoch}${ended.reason === undefined ? "" : `: ${ended.reason}`}`]);
    for (const part of ["train", "validation", "test"] as const) {
      const loss = metrics[`${part}Loss`];
      if (loss !== undefined)
        rows.push([
          part === "train" ? say.training : say[part],
          `loss ${loss.toPrecision(4)} ${percent(metrics[`${part}Accuracy`])}`,
        ]);
    }
    for (const [name, value] of Object.entries(metrics.testMetrics ?? {}))
      if (typeof value === "number") rows.push([`test ${name}`, value.toPrecision(4)]);
    rows.push([say.speed, `${metrics.stepsPerSecond.toFixed(0)} steps/s, ${metrics.trainSeconds.toFixed(1)} s of training`]);
  }
  return `<table>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join("")}</table>`;
}

/**
 * The page of a run.
 *
 * @param draw  a figure as SVG that follows the colours of the page
 */
export function runReport(parts: ReportParts, draw: (figure: Figure) => string): string {
  const { name, language, document, events, judgement, weights } = parts;
  const say = wordsIn(words, language);
  const epochs = events.filter((event) => event.type === "epoch.ended");
  const progress = events.filter((event) => event.type === "train.progress");
  const started = events.find((event) => event.type === "run.started");
  const ended = events.findLast((event) => event.type === "run.ended");
  const findings = events.filter((event) => event.type === "finding.made");
  const perEpoch = started?.stepsPerEpoch ?? epochs[0]?.step ?? 1;
  const sections = [
    ...(epochs.length > 0 ? curvesOf(epochs, foundAt(findings, perEpoch), say) : []),
    ...rateOf(progress, say),
    ...probeSections(
      events.filter((event) => event.type === "probe.taken"),
      language,
    ),
    ...(judgement ? judgementOf(judgement, say) : []),
    ...(weights && weights.length > 0 ? [weightsOf(weights, say)] : []),
  ];
  const body = sections.map(
    ({ title, text, figure }) => `<h2>${escapeHtml(title)}</h2>\n<p>${escapeHtml(text)}</p>\n<figure>${draw(figure)}</figure>`,
  );
  return pageOf(
    name,
    language,
    `<p class="id">${say.run}</p>\n<h1>${escapeHtml(name)}</h1>\n${summary(started, ended, say)}\n${findingsOf(findings, parts, say)}${body.join("\n")}
<h2>${say.document}</h2>\n<details><summary>run.json</summary><pre>${escapeHtml(JSON.stringify(document, null, 2))}</pre></details>`,
  );
}
