/** The commands, and what their failures mean for the exit code. */
import { Command, CommanderError } from "commander";
import { version } from "../core/version.ts";
import { fileFault, systemCode } from "../store/file-faults.ts";
import type { Surroundings } from "./commands/train.ts";
import { reportError } from "./output.ts";

type Finish = (exitCode: number) => void;

/** The commands, in the order of the help. Each loads its own code, so that training does not wait for what it does not need. */
const commands: Readonly<Record<string, (finish: Finish, surroundings: Surroundings) => Promise<Command>>> = {
  train: async (finish, surroundings) => (await import("./commands/train.ts")).trainCommand(finish, surroundings),
  doctor: async (finish) => (await import("./commands/doctor.ts")).doctorCommand(finish),
  explain: async () => (await import("./commands/explain.ts")).explainCommand(),
  graph: async () => (await import("./commands/graph.ts")).graphCommand(),
  check: async (finish) => (await import("./commands/check.ts")).checkCommand(finish),
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand(),
  predict: async () => (await import("./commands/predict.ts")).predictCommand(),
  runs: async () => (await import("./commands/runs.ts")).runsCommand(),
  report: async () => (await import("./commands/report.ts")).reportCommand(),
  search: async (finish, surroundings) => (await import("./commands/search.ts")).searchCommand(finish, surroundings),
  experiment: async (finish) => (await import("./commands/experiment.ts")).experimentCommand(finish),
  data: async () => (await import("./commands/data.ts")).dataCommand(),
  info: async () => (await import("./commands/info.ts")).infoCommand(),
};

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
  // The one that is asked for; all of them where help, or a name that is none, needs the whole list.
  const asked = process.argv[2] ?? "";
  const needed = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);
  for (const name of needed) {
    const command = await commands[name]!(finish, surroundings);
    program.addCommand(command.copyInheritedSettings(program));
  }
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
