/** osolgil check: the gradient of the whole model against central differences, in float64. */
import { Command } from "commander";
import { loadDataset } from "../../files/data-files.ts";
import { checkGradients, type GradientCheck } from "../../train/gradient-check.ts";
import { screen } from "../output.ts";
import { addRunOptions, type RunOptions, runFromOptions, wholeNumber } from "../run-options.ts";

interface CheckOptions extends RunOptions {
  readonly rows: number;
  readonly entries: number;
  readonly json?: true;
}

const verdicts = {
  good: "The gradient is right.",
  suspect: "Suspect: an error above 1e-4. A kink that was not seen, or a derivative that is slightly wrong.",
  wrong:
    "Wrong: an error above 1e-2. The derivative of the worst parameter's layer, or of one after it, does not fit its formula.",
} as const;

export function checkCommand(finish: (exitCode: number) => void): Command {
  return addRunOptions(
    new Command("check").description(
      "Checks the gradient of the whole model in float64 against central differences, away from kinks.",
    ),
  )
    .option("--rows <n>", "training examples in the batch", wholeNumber(1), 8)
    .option("--entries <n>", "numbers of each parameter that are tried", wholeNumber(1), 12)
    .option("--json", "the result as one line of JSON")
    .action(async (path: string | undefined, options: CheckOptions) => {
      const run = await runFromOptions(path, options);
      const result = checkGradients(run, loadDataset(run.data.definition, run.data.options), options);
      screen().write(options.json ? `${JSON.stringify(result)}\n` : describeCheck(result));
      finish(result.verdict === "wrong" ? 1 : 0);
    });
}

function describeCheck({ loss, rows, parameters, verdict }: GradientCheck): string {
  const width = Math.max(...parameters.map(({ name }) => name.length), 9);
  const lines = parameters.map(({ name, shape, checked, skipped, worstError }) => {
    const counts = `${String(checked).padStart(4)} tried${skipped > 0 ? `, ${skipped} at a kink` : ""}`;
    return `  ${name.padEnd(width)}  ${`[${shape.join(", ")}]`.padEnd(14)} ${worstError.toExponential(1).padStart(8)}  ${counts}`;
  });
  return `Loss ${loss.toFixed(6)} on ${rows} examples; largest relative error of each parameter:\n${lines.join("\n")}\n${verdicts[verdict]}\n`;
}
