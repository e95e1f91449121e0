/** The commands, and what their failures mean for the exit code. */
import { Command, CommanderError } from "commander";
import { version } from "../core/version.ts";
import { fileFault, systemCode } from "../store/file-faults.ts";
import { checkCommand } from "./commands/check.ts";
import { dataCommand } from "./commands/data.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { experimentCommand } from "./commands/experiment.ts";
import { infoCommand } from "./commands/info.ts";
import { predictCommand } from "./commands/predict.ts";
import { reportCommand } from "./commands/report.ts";
import { runsCommand } from "./commands/runs.ts";
import { type Surroundings, trainCommand } from "./commands/train.ts";
import { reportError } from "./output.ts";

/**
 * Runs the command that the arguments name.
 *
 * @returns the exit code
 */
export async function runProgram(surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  const finish = (code: number) => {
    exitCode = code;
  };
  const program = new Command("osolgil")
    .description("Trains neural networks, and tells how it goes.")
    .version(version)
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", "\nExit codes: 0 done, 1 training failed, 2 the input was wrong, 130 stopped by Ctrl-C.")
    .exitOverride();
  for (const command of [
    trainCommand(finish, surroundings),
    checkCommand(finish),
    evaluateCommand(),
    predictCommand(),
    runsCommand(),
    reportCommand(),
    experimentCommand(finish),
    dataCommand(),
    infoCommand(),
  ])
    program.addCommand(command.copyInheritedSettings(program));
  try {
    await program.parseAsync();
  } catch (error) {
    // Help and version are no errors; what commander refuses it has printed itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error);
  }
  const { outputClosed } = surroundings;
  if (exitCode === 0 && outputClosed.aborted && systemCode(outputClosed.reason) !== "EPIPE") {
    reportError(fileFault("standard output cannot be written", outputClosed.reason));
    return 1;
  }
  return exitCode;
}
