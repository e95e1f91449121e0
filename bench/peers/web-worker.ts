/** A Web Worker over Node's own threads: as much of one as jax-js needs to start its pool. */
import { resolveObjectURL } from "node:buffer";
import { Worker } from "node:worker_threads";

const prelude = `
const { parentPort } = require("node:worker_threads");
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on("message", (data) => self.onmessage({ data }));
`;

class WebWorker {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: { message: string }) => void) | undefined;
  private worker: Worker | undefined;
  private waiting: unknown[] = [];

  constructor(url: string | URL) {
    void this.start(String(url));
  }

  private async start(url: string): Promise<void> {
    const source = await resolveObjectURL(url)!.text();
    this.worker = new Worker(`${prelude}${source}`, { eval: true });
    this.worker.on("message", (data) => this.onmessage?.({ data }));
    this.worker.on("error", (error) => this.onerror?.({ message: String(error) }));
    for (const message of this.waiting) this.worker.postMessage(message);
    this.waiting = [];
  }

  postMessage(message: unknown): void {
    if (this.worker) this.worker.postMessage(message);
    else this.waiting.push(message);
  }

  terminate(): void {
    void this.worker?.terminate();
  }
}

/** Lets code written for a browser find `threads` cores, and workers where that is more than one. @returns threads */
export function installWorkers(threads: number): number {
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: threads }, configurable: true });
  if (threads > 1) Object.defineProperty(globalThis, "Worker", { value: WebWorker, configurable: true });
  return threads;
}
