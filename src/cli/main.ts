#!/usr/bin/env node
/**
 * The command line.
 *
 * Exit codes  0 done; 1 training failed; 2 the input was wrong; 130 stopped by Ctrl-C.
 */
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { setFlagsFromString } from "node:v8";
import { TrainerThread } from "../execute/trainer-thread.ts";

// Node keeps compiled code in a folder of its own (NODE_DISABLE_COMPILE_CACHE=1 says no), which halves the time to the first step
// from the second run on. Threads find the folder through the environment.
enableCompileCache();
const cacheFolder = getCompileCacheDir();
if (cacheFolder !== undefined) process.env.NODE_COMPILE_CACHE ??= cacheFolder;

const output = new AbortController();
process.stdout.on("error", (error) => output.abort(error));

/**
 * Where a new thread keeps young objects, in MB. From its default of 1 V8 grows it step by step, collecting each time, and what survives
 * fills its old space, until that is collected as well: in the midst of compiling. Measured: programs are compiled in 0.7 of the time.
 */
const youngMegabytes = 8;
setFlagsFromString(`--min-semi-space-size=${youngMegabytes}`);

// What waits for nothing that could still happen, such as a document that never finishes loading, would end without a word.
let isDone = false;
process.once("beforeExit", () => {
  if (isDone) return;
  process.stderr.write("error the run document never finished loading: it awaits something that nothing settles\n");
  process.exit(2);
});

// The trainer loads its code while this thread loads its own and reads the document.
const trainer = process.argv[2] === "train" ? new TrainerThread() : undefined;
void import("./program.ts").then(async ({ runProgram }) => {
  process.exitCode = await runProgram({ trainer, outputClosed: output.signal });
  isDone = true;
});
