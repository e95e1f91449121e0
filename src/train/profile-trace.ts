/**
 * Profiled steps in the Trace Event Format, which chrome://tracing and ui.perfetto.dev open: one track for each thread, with its
 * kernels; on the first one also the steps that they belong to.
 *
 * Source   "Trace Event Format" (Google, 2016): complete events ("X") with times in microseconds, metadata ("M") for names.
 */
import type { ProfiledStep, ProfiledSteps } from "./profiled-session.ts";

/** Enough to see how steps differ, and a file of a few megabytes at most. */
const mostSteps = 50;
const mostEvents = 20_000;
const process = 1;

/** The first steps that fit; one at least. */
function stepsThatFit(steps: readonly ProfiledStep[]): readonly ProfiledStep[] {
  let events = 0;
  const tooMany = steps.findIndex(({ run }, i) => {
    events += run.samples.length + 2;
    return i > 0 && (events > mostEvents || i >= mostSteps);
  });
  return tooMany < 0 ? steps : steps.slice(0, tooMany);
}

/** The text of the file, an event a line. */
export function chromeTrace({ kernels, threads, steps }: ProfiledSteps): string {
  const origin = steps[0]!.start;
  const micros = (moment: number): number => Number(((moment - origin) * 1000).toFixed(3));
  const thread = (number: number) => ({ pid: process, tid: number + 1 });
  const complete = (name: string, cat: string, number: number, start: number, end: number) => {
    const ts = micros(start);
    return { name, cat, ph: "X", ...thread(number), ts, dur: Number((micros(end) - ts).toFixed(3)) };
  };
  const names = Array.from({ length: threads }, (_, number) => [
    {
      name: "thread_name",
      ph: "M",
      ...thread(number),
      args: { name: number === 0 ? "thread 1, which trains" : `thread ${number + 1}` },
    },
    { name: "thread_sort_index", ph: "M", ...thread(number), args: { sort_index: number } },
  ]);
  const events = stepsThatFit(steps).flatMap(({ step, start, end, run }) => [
    complete(`step ${step}`, "step", 0, start, end),
    complete("batch, keys, scalars", "host", 0, start, run.start),
    ...run.samples.map((sample) => {
      const { label, kind } = kernels[sample.kernel]!;
      return complete(label, kind, sample.thread, sample.start, sample.end);
    }),
  ]);
  const title = { name: "process_name", ph: "M", pid: process, args: { name: `osolgil ${steps[0]!.run.program}` } };
  const lines = [title, ...names.flat(), ...events].map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ns","traceEvents":[\n${lines.join(",\n")}\n]}\n`;
}
