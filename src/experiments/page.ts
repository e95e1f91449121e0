/** An experiment as a page that opens from the disk, and all of them as a gallery. */
import { escapeHtml, pageOf } from "../pages/page.ts";
import { type Claim, type Experiment, type Language, median, type Outcome, type Text } from "./define.ts";

/** What is told of an experiment beside its figure. */
export interface Told {
  readonly id: string;
  readonly name: Text;
  readonly status: "holds" | "fails" | "no-data";
  readonly numbers: Outcome["numbers"];
  readonly claims: readonly Claim[];
  /** Why there is no result. */
  readonly reason?: string;
}

const words = {
  en: {
    question: "Question",
    lesson: "What it teaches",
    claims: "What the lecture says, held against the numbers",
    settings: "Settings",
    data: "All numbers",
    holds: "holds",
    fails: "does not hold",
    gallery: "The lecture's experiments",
    noData: "no data",
    measured: "measured",
    book: "Beside the book's scripts",
    ours: (seeds: number) => `here, median of ${seeds} ${seeds === 1 ? "seed" : "seeds"} (range)`,
    theirs: "the book's script, median (range)",
  },
  ko: {
    question: "물음",
    lesson: "배우는 것",
    claims: "강의의 주장과 잰 값",
    settings: "설정",
    data: "모든 수치",
    holds: "맞음",
    fails: "틀림",
    gallery: "강의의 실험",
    noData: "데이터 없음",
    measured: "잰 값",
    book: "책의 스크립트와 비교",
    ours: (seeds: number) => `여기, 시드 ${seeds}개의 중앙값(범위)`,
    theirs: "책의 스크립트, 중앙값(범위)",
  },
} as const;

/** @param svg  the figure, which follows the colours of the page */
export function experimentPage(experiment: Experiment, outcome: Outcome, svg: string, language: Language): string {
  const say = words[language];
  const claims = outcome.claims.map(
    ({ text, holds, measured }) =>
      `<li><strong class="${holds ? "holds" : "fails"}">${holds ? `✓ ${say.holds}` : `✗ ${say.fails}`}</strong> ${escapeHtml(text[language])}<span class="measured">${say.measured}: ${escapeHtml(measured)}</span></li>`,
  );
  const json = (value: unknown) => escapeHtml(JSON.stringify(value, null, 2));
  return pageOf(
    `${experiment.id} ${experiment.name[language]}`,
    language,
    `<p class="id">${experiment.id}</p>
<h1>${escapeHtml(experiment.name[language])}</h1>
<h2>${say.question}</h2>
<p>${escapeHtml(experiment.question[language])}</p>
<figure>${svg}</figure>
<h2>${say.lesson}</h2>
<p>${escapeHtml(experiment.lesson[language])}</p>
<h2>${say.claims}</h2>
<ul class="claims">${claims.join("\n")}</ul>
${bookTable(outcome, language)}
<h2>${say.settings}</h2>
<details><summary>JSON</summary><pre>${json(outcome.settings)}</pre></details>
<h2>${say.data}</h2>
<details><summary>JSON</summary><pre>${json(outcome.numbers)}</pre></details>`,
  );
}

/** Our medians and ranges beside what the book's scripts gave. */
function bookTable({ book }: Outcome, language: Language): string {
  if (!book) return "";
  const say = words[language];
  const range = (values: readonly number[]) =>
    values.length === 1
      ? values[0]!.toFixed(3)
      : `${median(values).toFixed(3)} <span class="soft">(${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)})</span>`;
  const rows = book.rows.map(
    ({ name, ours, book: theirs }) => `<tr><th>${escapeHtml(name)}</th><td>${range(ours)}</td><td>${range(theirs)}</td></tr>`,
  );
  const note = book.note ? `<p>${escapeHtml(book.note[language])}</p>` : "";
  return `<h2>${say.book}</h2>
<table><thead><tr><th></th><th>${say.ours(book.rows[0]!.ours.length)}</th><th>${say.theirs}</th></tr></thead><tbody>${rows.join("")}</tbody></table>
${note}`;
}

export function galleryPage(told: readonly Told[], language: Language): string {
  const say = words[language];
  const cards = told.map(({ id, name, status, reason }) => {
    const state = status === "holds" ? `✓ ${say.holds}` : status === "fails" ? `✗ ${say.fails}` : say.noData;
    const picture =
      status === "no-data"
        ? ""
        : `<picture><source media="(prefers-color-scheme: dark)" srcset="${id}/figure-dark.png"><img src="${id}/figure.png" alt=""></picture>`;
    const text = `<div class="text"><span class="id">${id}</span><br><strong>${escapeHtml(name[language])}</strong><br><span class="${status === "holds" ? "holds" : "fails"}">${state}</span>${reason === undefined ? "" : `<span class="measured">${escapeHtml(reason)}</span>`}</div>`;
    return `<li>${status === "no-data" ? text : `<a href="${id}/index.html">${picture}${text}</a>`}</li>`;
  });
  return pageOf(say.gallery, language, `<h1>${say.gallery}</h1>\n<ul class="grid">${cards.join("\n")}</ul>`);
}
