/** Where the command line's words go. */
import { styleText } from "node:util";
import { OsolgilError } from "../core/errors.ts";

export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly color: boolean;
  write(text: string): void;
}

/** Standard output as a person sees it. Colours are left out where NO_COLOR is set, or nobody looks. */
export function screen(): Screen {
  const { stdout, env } = process;
  const isTerminal = stdout.isTTY === true;
  return {
    isTerminal,
    columns: stdout.columns ?? 80,
    color: isTerminal && env.NO_COLOR === undefined && env.TERM !== "dumb",
    write: (text) => {
      stdout.write(text);
    },
  };
}

/**
 * Says what went wrong, on standard error.
 *
 * @returns the exit code: 2 where the input was wrong; an error that is not of ours is shown whole, for a report
 */
export function reportError(error: unknown): number {
  const { stderr, env } = process;
  const color = stderr.isTTY === true && env.NO_COLOR === undefined;
  const head = color ? styleText(["red", "bold"], "error", { validateStream: false }) : "error";
  if (error instanceof OsolgilError) {
    stderr.write(`${head} ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`);
    return 2;
  }
  stderr.write(
    `${head} this is a fault of Osolgil, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 1;
}
