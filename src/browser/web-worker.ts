/** A Web Worker that works for an engine: its owner (web-threads.ts) greets it, and then sends work. */
import { serveThread, type ThreadWork } from "../engine/threads.ts";
import { greeting } from "./greeting.ts";

addEventListener("message", ({ data }: MessageEvent<ThreadWork | typeof greeting>) => {
  if (data === greeting) postMessage(greeting);
  else serveThread(data);
});
