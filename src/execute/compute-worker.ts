/** A thread that works for an engine: its owner hands it a port, over which work comes. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { serveThread, type ThreadWork } from "../engine/threads.ts";

parentPort!.once("message", (port: MessagePort) => {
  port.on("message", (work: ThreadWork) => serveThread(work));
});
