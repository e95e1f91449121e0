/** The trainer's thread. It loads what documents are made of while its owner reads one, and what trains once there is one. */
import { setFlagsFromString } from "node:v8";
import { parentPort } from "node:worker_threads";
import "../document/resolve.ts";
import "../files/data-files.ts";
import { type TrainerData, toErrorMessage } from "./messages.ts";

/**
 * What trains, compiled whole.
 *
 * Choice  Most of it runs within the first tenths of a second. Node keeps in its cache what was compiled when a module was loaded, and by
 *         default that is little: functions are compiled when they are called. Here all are, once, and come out of the cache from then
 *         on: planning and compiling programs takes a third less. The flag is the process's, and code cached under another is not used,
 *         so it is set while no other thread loads modules: the owner has loaded its own when it sends the work.
 */
async function loadWhole(): Promise<typeof import("./training.ts")> {
  setFlagsFromString("--no-lazy");
  try {
    return await import("./training.ts");
  } finally {
    setFlagsFromString("--lazy");
  }
}

// The one message that comes in is the work; after it nothing keeps the thread alive.
parentPort!.once("message", async (data: TrainerData) => {
  try {
    const { work } = await loadWhole();
    work(data);
  } catch (error) {
    parentPort!.postMessage(toErrorMessage(error));
  }
});
