/** The worker that trains: one message for each epoch, and the map of what is learned with some of them. */
import { adam, dense, fit, startWebThreads, tanh } from "osolgil";
import { epochs, gridSize, type Report, spirals } from "./messages.ts";

const { inputs, targets } = spirals();
const place = (i: number) => (2 * (i + 0.5)) / gridSize - 1;
const grid = Array.from({ length: gridSize ** 2 }, (_, i) => [place(i % gridSize), -place(Math.floor(i / gridSize))]);

const threads = await startWebThreads();
const training = fit({
  model: [dense({ units: 32 }), tanh, dense({ units: 32 }), tanh, dense({ units: 2 })],
  inputs,
  targets,
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 24,
  epochs,
  threads,
});
for await (const event of training) {
  if (event.type !== "epoch.ended") continue;
  const { epoch, training: scores } = event;
  const report: Report = { epoch, loss: scores.loss, accuracy: scores.accuracy! };
  const map = () =>
    training
      .current()
      .predict(grid)
      .probabilities!.filter((_, i) => i % 2 === 1);
  postMessage(epoch % 10 === 0 || epoch === epochs ? { ...report, map: Float32Array.from(map()) } : report);
}
threads?.close();
