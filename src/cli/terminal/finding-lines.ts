/** What the doctor has found, for people: what was seen, what it comes from, what to do. */
import type { Finding } from "../../core/findings.ts";
import { type Paint, type Style, wrap } from "./format.ts";

const looks: Readonly<Record<Finding["severity"], { readonly sign: string; readonly style: Style }>> = {
  error: { sign: "✗", style: "red" },
  warning: { sign: "!", style: "yellow" },
  note: { sign: "·", style: "cyan" },
};

/** The changes as they are typed: `--set optimizer.learningRate=0.001`. */
export const changesAsOptions = ({ changes = [] }: Pick<Finding, "changes">): string =>
  changes
    .map(({ path, value }) => `--set ${path}=${quoted(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join(" ");

const quoted = (text: string): string => (/^[\w.+-]+$/.test(text) ? text : `'${text}'`);

export function findingLines(finding: Finding, width: number, paint: Paint): string[] {
  const { code, severity, message, cause, advice } = finding;
  const { sign, style } = looks[severity];
  const indented = (text: string, dim: boolean) =>
    wrap(text, width - 8).map((line) => `      ${dim ? paint("dim", line) : line}`);
  const [first, ...others] = wrap(`${code}: ${message}`, width - 8);
  const options = changesAsOptions(finding);
  return [
    `    ${paint(style, sign)} ${paint("bold", first!)}`,
    ...others.map((line) => `      ${line}`),
    ...indented(`Likely: ${cause}.`, true),
    ...indented(advice, true),
    // A line that can be copied is not broken.
    ...(options === "" ? [] : [`      ${options}`]),
  ];
}
