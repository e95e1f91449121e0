/** A worker of the page: it does one job. */
import { answer, type Jobs } from "./jobs.ts";

addEventListener("message", async ({ data }: MessageEvent<keyof Jobs>) => {
  // Messages of ours alone: those of threads come to their owner's Worker.
  postMessage(await answer(data));
});
