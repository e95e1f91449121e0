/** What the doctor has found, for people: what was seen, what it comes from, what to do. */
import { changesAsOptions, type Finding, severitySigns } from "../../core/findings.ts";
import { type Paint, type Style, wrap } from "./format.ts";

const styles: Readonly<Record<Finding["severity"], Style>> = { error: "red", warning: "yellow", note: "cyan" };

export function findingLines(finding: Finding, width: number, paint: Paint): string[] {
  const { code, severity, message, cause, advice, changes } = finding;
  const indented = (text: string, dim: boolean) =>
    wrap(text, width - 8).map((line) => `      ${dim ? paint("dim", line) : line}`);
  const [first, ...others] = wrap(`${code}: ${message}`, width - 8);
  const options = changesAsOptions(changes);
  return [
    `    ${paint(styles[severity], severitySigns[severity])} ${paint("bold", first!)}`,
    ...others.map((line) => `      ${line}`),
    ...indented(`Likely: ${cause}.`, true),
    ...indented(advice, true),
    // A line that can be copied is not broken.
    ...(options === "" ? [] : [`      ${options}`]),
  ];
}
