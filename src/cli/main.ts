#!/usr/bin/env node
/**
 * The command line.
 *
 * Exit codes  0 done; 1 training failed; 2 the input was wrong; 130 stopped by Ctrl-C.
 */
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { TrainerThread } from "../execute/trainer-thread.ts";

// Node keeps compiled code in a folder of its own (NODE_DISABLE_COMPILE_CACHE=1 says no), which halves the time to the first step
// from the second run on. Threads find the folder through the environment.
enableCompileCache();
const cacheFolder = getCompileCacheDir();
if (cacheFolder !== undefined) process.env.NODE_COMPILE_CACHE ??= cacheFolder;

// A reader that has seen enough (`| head`) closes the pipe; that is no error.
process.stdout.on("error", (error: { code?: string }) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// The trainer loads its code while this thread loads its own and reads the document.
const trainer = process.argv[2] === "train" ? new TrainerThread() : undefined;
const { runProgram } = await import("./program.ts");
process.exitCode = await runProgram(trainer);
