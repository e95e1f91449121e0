/**
 * Code by which threads work on one program: the first sends the others off, all meet between phases, the first waits for the
 * others at the end. Whoever waits spins for a moment and then sleeps; a thread without work sleeps until there is some.
 *
 * Words in shared memory, a cache line each. `arrivals` counts those who have reached a meeting point; the last of them raises
 * `generation`, which the others watch.
 */
import type { FunctionBuilder, ImportedFunction, Local, ModuleBuilder } from "./assembler.ts";

/** Byte offsets of the words. */
export const controlWords = {
  /** Threads that work on a program. */
  threads: 0,
  /** Raised when there is a program to run; `program` says which, -1 for none any more. */
  command: 64,
  program: 128,
  arrivals: 192,
  generation: 256,
  /** Threads that have run the program to its end. */
  done: 320,
  sleepers: 384,
  /** Threads that wait for commands. */
  ready: 448,
  /** Not 0 where threads time their phases. */
  timed: 512,
} as const;
export const controlBytes = 576;

/** Looks at a word so often before it sleeps: some 20 microseconds. */
const spins = 400_000;
/** After this long in sleep it looks whether the others still live. */
const napNanoseconds = 100_000_000;

/** The host's functions: one throws where a thread has died, one takes the time of phases, one that of kernels (only in a profile). */
export const checkImport: ImportedFunction = { name: "checkThreads", parameters: [] };
export const lapImport: ImportedFunction = { name: "lap", parameters: ["i32"] };
export const markImport: ImportedFunction = { name: "mark", parameters: ["i32"] };
const [checkThreads, lapFunction] = [0, 1];
export const markFunction = 2;

export class ThreadsCode {
  private readonly module: ModuleBuilder;
  private readonly control: number;
  private readonly awaitChange: number;
  private readonly wake: number;
  /** All threads meet. */
  readonly barrier: number;

  /** @param control  address of the words */
  constructor(module: ModuleBuilder, control: number) {
    this.module = module;
    this.control = control;
    this.awaitChange = this.emitAwait();
    this.wake = this.emitWake();
    this.barrier = this.emitBarrier();
  }

  private load(f: FunctionBuilder, word: keyof typeof controlWords): FunctionBuilder {
    return f.i32(this.control).atomic("i32.atomic.load", controlWords[word]);
  }
  /** Adds 1 and leaves what was there before. */
  private increment(f: FunctionBuilder, word: keyof typeof controlWords): FunctionBuilder {
    return f.i32(this.control).i32(1).atomic("i32.atomic.rmw.add", controlWords[word]);
  }
  private callWake(f: FunctionBuilder, word: keyof typeof controlWords): void {
    f.i32(this.control + controlWords[word]).call(this.wake);
  }
  /** Waits until a word is another number than the one in `known`. */
  private wait(f: FunctionBuilder, word: keyof typeof controlWords, known: Local, isIdle: boolean): void {
    f.i32(this.control + controlWords[word])
      .get(known)
      .i32(isIdle ? 1 : 0)
      .call(this.awaitChange);
  }

  /** Parameters: address of a word, the number that it has, whether there is nothing to do meanwhile. */
  private emitAwait(): number {
    const { index, code: f } = this.module.function("awaitChange", ["i32", "i32", "i32"]);
    const [address, known, isIdle] = [0, 1, 2];
    const left = f.local("i32");
    f.i32(spins).set(left);
    f.block(() => {
      f.loop(() => {
        f.get(address).atomic("i32.atomic.load").get(known).op("i32.ne").brIf(1);
        f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
      });
      f.loop(() => {
        this.increment(f, "sleepers").op("drop");
        f.get(isIdle).if(
          () => f.get(address).get(known).i64(-1).atomic("memory.atomic.wait32").op("drop"),
          () => f.get(address).get(known).i64(napNanoseconds).atomic("memory.atomic.wait32").op("drop"),
        );
        f.i32(this.control).i32(1).atomic("i32.atomic.rmw.sub", controlWords.sleepers).op("drop");
        f.get(address).atomic("i32.atomic.load").get(known).op("i32.ne").brIf(1);
        f.call(checkThreads).br(0);
      });
    });
    return index;
  }

  /** Parameter: address of a word that has changed. */
  private emitWake(): number {
    const { index, code: f } = this.module.function("wake", ["i32"]);
    this.load(f, "sleepers").if(() => f.get(0).i32(-1).atomic("memory.atomic.notify").op("drop"));
    return index;
  }

  private emitBarrier(): number {
    const { index, code: f } = this.module.function("barrier", []);
    const [threads, generation] = [f.local("i32"), f.local("i32")];
    this.load(f, "threads")
      .tee(threads)
      .i32(1)
      .op("i32.eq")
      .if(() => f.op("return"));
    this.load(f, "generation").set(generation);
    this.increment(f, "arrivals")
      .i32(1)
      .op("i32.add")
      .get(threads)
      .op("i32.eq")
      .if(
        () => {
          f.i32(this.control).i32(0).atomic("i32.atomic.store", controlWords.arrivals);
          this.increment(f, "generation").op("drop");
          this.callWake(f, "generation");
        },
        () => this.wait(f, "generation", generation, false),
      );
    return index;
  }

  /** Tells the host that a phase begins, or that the thread's part of one is done; only in runs that are timed. */
  emitLap(f: FunctionBuilder, phase: number): void {
    f.i32(this.control)
      .mem("i32.load", controlWords.timed)
      .if(() => f.i32(phase).call(lapFunction));
  }

  /**
   * The exported function of a program: sends the others off, works, waits for them. `work` appends the first thread's part,
   * `timed` what it is given, between marks where there is a profile.
   */
  emitRun(
    name: string,
    program: number,
    work: (f: FunctionBuilder) => void,
    timed: (f: FunctionBuilder, wait: () => void) => void,
  ): void {
    const { code: f } = this.module.function(name, [], true);
    const [others, done] = [f.local("i32"), f.local("i32")];
    this.load(f, "threads").i32(1).op("i32.sub").tee(others);
    f.if(() => {
      f.i32(this.control).i32(program).atomic("i32.atomic.store", controlWords.program);
      this.increment(f, "command").op("drop");
      this.callWake(f, "command");
    });
    work(f);
    f.get(others).if(() => {
      timed(f, () =>
        f.block(() => {
          f.loop(() => {
            this.load(f, "done").tee(done).get(others).op("i32.eq").brIf(1);
            this.wait(f, "done", done, false);
            f.br(0);
          });
        }),
      );
      f.i32(this.control).i32(0).atomic("i32.atomic.store", controlWords.done);
    });
  }

  /**
   * The exported function "serve" of a thread beside the first. Parameters: where its cuts and its scratch memory lie. It returns
   * when it is let go. `work` appends its part of a program.
   */
  emitServe(programs: number, work: (f: FunctionBuilder, program: number) => void): void {
    const { code: f } = this.module.function("serve", ["i32", "i32"], true);
    const [seen, program] = [f.local("i32"), f.local("i32")];
    const returnWhenLetGo = () =>
      this.load(f, "program")
        .tee(program)
        .i32(0)
        .op("i32.lt_s")
        .if(() => f.op("return"));
    this.load(f, "command").set(seen);
    // A thread that comes late may have been let go already; no further command would wake it.
    returnWhenLetGo();
    this.increment(f, "ready").op("drop");
    f.loop(() => {
      this.wait(f, "command", seen, true);
      this.load(f, "command").set(seen);
      returnWhenLetGo();
      for (let number = 0; number < programs; number++) {
        f.get(program)
          .i32(number)
          .op("i32.eq")
          .if(() => work(f, number));
      }
      this.increment(f, "done").op("drop");
      this.callWake(f, "done");
      f.br(0);
    });
  }
}
