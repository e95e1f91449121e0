/**
 * Runs trials in processes of this machine, which stay from trial to trial: their code is loaded and compiled once, and their data are
 * read once. A process that dies is replaced, and its trial begins anew.
 */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { OptionError } from "../core/errors.ts";
import type { Executor, PruneReason, TrialHandlers, TrialOrder, TrialOutcome } from "./executor.ts";
import type { TrialCommand, TrialMessage } from "./trial-messages.ts";

/** More would wait for each other on any machine. */
const mostWorkers = 256;
/** How often a trial is begun, at most: what kills a process three times would kill a fourth. */
const mostAttempts = 3;
/** What a process wrote last before it died, as far as it is told. */
const keptCharacters = 400;

/** How many processes there are, and what they see. */
export interface TrialPoolOptions {
  /** Processes, each with one thread; default one for each core. */
  readonly workers?: number;
  /** Environment variables of the processes; default those of this one. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** How a process ended, in words. */
const describeEnd = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

const isDead = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

/** A process, and its replacements. */
class Worker {
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess;
  #errors = "";
  isBusy = false;
  #isClosed = false;
  #stop: (() => void) | undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    // Beside this file lies its like: TypeScript in the sources, JavaScript in the package.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const child = fork(new URL(`./trial-child.${extension}`, import.meta.url), {
      serialization: "advanced",
      execArgv: [],
      // Compiled code is kept where Node keeps it by default: a process begins in less than half the time.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...this.#environment },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#errors = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptCharacters);
    });
    // A message to a process that has just died fails here; its exit says it all.
    child.on("error", () => {});
    return child;
  }

  /** Trains in the process at hand; gives why there is no outcome, where it died. */
  #attempt(order: TrialOrder, handlers: TrialHandlers): Promise<TrialOutcome | string> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const tell = (command: TrialCommand) => {
        if (child.connected) child.send(command, () => {});
      };
      const answer = (verdict: PruneReason | undefined) => tell({ type: "answer", verdict });
      const finish = () => {
        child.off("message", onMessage);
        child.off("exit", onExit);
        child.off("error", onError);
        this.#stop = undefined;
      };
      const end = (result: TrialOutcome | string) => {
        finish();
        resolve(result);
      };
      const onMessage = (message: TrialMessage) => {
        try {
          if (message.type === "report") answer(handlers.onReport(message.report, message.firstLoss));
          else if (message.type === "ended") end(message.outcome);
          else {
            const verdict = handlers.onNews?.(message.news);
            if (message.isAsking) answer(verdict);
          }
        } catch (error) {
          finish();
          // It waits for an answer that never comes.
          child.kill("SIGKILL");
          reject(error);
        }
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
        const words = this.#errors.trim().split("\n").slice(-3).join(" ").trim();
        end(`${describeEnd(code, signal)}${words === "" ? "" : `: ${words}`}`);
      };
      // A process that could not be started has no exit.
      const onError = (error: Error) => {
        if (child.pid === undefined) end(error.message);
      };
      this.#stop = () => end({ status: "stopped", steps: 0 });
      child.on("message", onMessage);
      child.on("exit", onExit);
      child.on("error", onError);
      tell({ type: "train", order });
    });
  }

  async run(order: TrialOrder, handlers: TrialHandlers): Promise<TrialOutcome> {
    this.isBusy = true;
    try {
      // One that died between trials is no fault of this one.
      if (isDead(this.#child)) this.#child = this.#start();
      let why = "";
      for (let attempt = 0; attempt < mostAttempts && !this.#isClosed; attempt++) {
        if (attempt > 0) handlers.onRestart?.();
        const result = await this.#attempt(order, handlers);
        if (typeof result !== "string") return result;
        why = result;
        if (!this.#isClosed) this.#child = this.#start();
      }
      if (this.#isClosed) return { status: "stopped", steps: 0 };
      const reason = `the process that trained it ended ${mostAttempts} times before it was over, at last with ${why}`;
      return { status: "failed", code: "E_TRIAL_DIED", reason, steps: 0 };
    } finally {
      this.isBusy = false;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#stop?.();
    const child = this.#child;
    if (isDead(child)) return Promise.resolve();
    return new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGKILL");
    });
  }
}

/** @throws OptionError  E_WORKERS: there cannot be so many */
export function checkWorkers(workers: number): void {
  if (Number.isInteger(workers) && workers >= 1 && workers <= mostWorkers) return;
  throw new OptionError("E_WORKERS", {
    message: `workers must be an integer from 1 to ${mostWorkers}, received ${workers}`,
    hint: `This machine has ${availableParallelism()} cores.`,
  });
}

/** Processes that train trials, ready before there is a first one. */
export class TrialPool implements Executor {
  readonly #workers: readonly Worker[];

  /** @throws OptionError  E_WORKERS: there cannot be so many */
  constructor({ workers = availableParallelism(), environment = process.env }: TrialPoolOptions = {}) {
    checkWorkers(workers);
    this.#workers = Array.from({ length: workers }, () => new Worker(environment));
  }

  get slots(): number {
    return this.#workers.length;
  }

  /** The process numbers at this moment. */
  get pids(): readonly number[] {
    return this.#workers.flatMap(({ pid }) => pid ?? []);
  }

  run(order: TrialOrder, handlers: TrialHandlers): Promise<TrialOutcome> {
    const worker = this.#workers.find(({ isBusy }) => !isBusy);
    if (!worker) throw new Error(`all ${this.slots} processes train already, and trial ${order.number} came`);
    return worker.run(order, handlers);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}
