#!/usr/bin/env node
/**
 * The command line.
 *
 * Exit codes  0 done; 1 training failed; 2 the input was wrong; 130 stopped by Ctrl-C.
 */
import { TrainerThread } from "../execute/trainer-thread.ts";

// A reader that has seen enough (`| head`) closes the pipe; that is no error.
process.stdout.on("error", (error: { code?: string }) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// The trainer loads its code while this thread loads its own and reads the document.
const trainer = process.argv[2] === "train" ? new TrainerThread() : undefined;
const { runProgram } = await import("./program.ts");
process.exitCode = await runProgram(trainer);
