/** How a peer talks to the race: one JSON line when it is ready, then one for each window that it is asked for. */
import { createInterface } from "node:readline";

const warmUpMs = 1200;

/**
 * Serves windows until the race closes standard input.
 *
 * @param info  what the peer is; `threads` are those that it really uses
 * @param step  one training step, number i from 0, done when it returns or when its promise resolves
 * @param loss  the loss of the last step, to show that the peer learns
 */
export async function serve(
  info: { readonly peer: string; readonly threads: number; readonly [detail: string]: unknown },
  step: (i: number) => undefined | Promise<void>,
  loss: () => number | Promise<number>,
): Promise<void> {
  let count = 0;
  const timeSteps = async (enough: (steps: number, ms: number) => boolean): Promise<number> => {
    const start = performance.now();
    let steps = 0;
    do {
      const pending = step(count++);
      if (pending) await pending;
      steps++;
    } while (!enough(steps, performance.now() - start));
    return (performance.now() - start) / steps;
  };
  // The first steps compile; they say nothing of how many a window takes.
  await timeSteps((steps) => steps >= 3);
  let perStepMs = await timeSteps((steps, ms) => steps >= 3 && ms >= warmUpMs);
  console.log(JSON.stringify({ ...info, loss: await loss() }));
  for await (const line of createInterface({ input: process.stdin })) {
    const wanted = Math.max(1, Math.round(Number(line) / perStepMs));
    perStepMs = await timeSteps((steps) => steps >= wanted);
    console.log(JSON.stringify({ stepsPerSecond: 1000 / perStepMs }));
  }
}
