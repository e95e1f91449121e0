/** The page's main thread: does a job itself, or has it done by a worker made for it. */
import { type Answer, answer, type Jobs } from "./jobs.ts";

function inWorker(job: keyof Jobs): Promise<Answer> {
  const worker = new Worker(new URL("./trainer.js", import.meta.url), { type: "module" });
  return new Promise<Answer>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message || "the worker did not load" });
    worker.postMessage(job);
  }).finally(() => worker.terminate());
}

Object.assign(globalThis, { here: answer, inWorker });
