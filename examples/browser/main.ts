/** The page: starts the trainer, and draws what it tells. */
import { epochs, gridSize, type Report, spirals } from "./messages.ts";

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const [map, curve] = [element<HTMLCanvasElement>("map"), element<HTMLCanvasElement>("curve")];
const button = element<HTMLButtonElement>("run");
const points = spirals();
const reports: Report[] = [];
let worker: Worker | undefined;

/** Colours of the style sheet, as this screen has them. */
function colorOf(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** A canvas as sharp as the screen, and its side in CSS pixels. */
function begin(canvas: HTMLCanvasElement): { pen: CanvasRenderingContext2D; side: number } {
  const side = canvas.clientWidth;
  canvas.width = canvas.height = Math.round(side * devicePixelRatio);
  const pen = canvas.getContext("2d")!;
  pen.scale(devicePixelRatio, devicePixelRatio);
  return { pen, side };
}

function drawMap(): void {
  const { pen, side } = begin(map);
  const colors = [colorOf("first"), colorOf("second")] as const;
  const learned = reports.findLast((report) => report.map)?.map;
  // A pixel for each place, stretched smoothly.
  const small = new OffscreenCanvas(gridSize, gridSize);
  const places = small.getContext("2d")!;
  learned?.forEach((second, i) => {
    // The surer, the stronger; undecided places stay paper.
    places.globalAlpha = 0.5 * Math.abs(2 * second - 1);
    places.fillStyle = colors[second > 0.5 ? 1 : 0];
    places.fillRect(i % gridSize, Math.floor(i / gridSize), 1, 1);
  });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, side, side);
  points.inputs.forEach(([x, y], i) => {
    pen.beginPath();
    pen.arc(((x + 1) / 2) * side, ((1 - y) / 2) * side, 3.4, 0, 2 * Math.PI);
    pen.fillStyle = colors[points.targets[i] === "first" ? 0 : 1];
    pen.fill();
    pen.lineWidth = 1;
    pen.strokeStyle = colorOf("panel");
    pen.stroke();
  });
}

/** The loss on a logarithmic scale, with a line for each power of ten. */
function drawCurve(): void {
  const { pen, side } = begin(curve);
  const [left, bottom, top] = [52, 22, 8];
  const powers = [0, -1, -2, -3, -4];
  const x = (epoch: number) => left + ((side - left - 6) * epoch) / epochs;
  const y = (loss: number) => top + ((side - top - bottom) * -Math.max(-4, Math.min(0, Math.log10(loss)))) / 4;
  pen.font = "12px system-ui, sans-serif";
  pen.fillStyle = colorOf("dim");
  pen.strokeStyle = colorOf("line");
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const power of powers) {
    pen.beginPath();
    pen.moveTo(left, y(10 ** power));
    pen.lineTo(side - 6, y(10 ** power));
    pen.stroke();
    pen.fillText(String(10 ** power), left - 8, y(10 ** power));
  }
  pen.textBaseline = "alphabetic";
  for (const epoch of [0, epochs / 3, (2 * epochs) / 3, epochs]) {
    pen.textAlign = epoch === 0 ? "left" : epoch === epochs ? "right" : "center";
    pen.fillText(String(epoch), x(epoch), side - 4);
  }
  pen.beginPath();
  for (const { epoch, loss } of reports) pen.lineTo(x(epoch), y(loss));
  pen.strokeStyle = colorOf("first");
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.stroke();
}

function draw(): void {
  drawMap();
  drawCurve();
  const last = reports.at(-1);
  element("loss").textContent = last ? last.loss.toPrecision(3) : "";
  element("accuracy").textContent = last ? `${(100 * last.accuracy).toFixed(1)} % right` : "";
}

function stop(says: string): void {
  worker?.terminate();
  worker = undefined;
  button.textContent = "Train again";
  element("status").textContent = says;
}

function start(): void {
  reports.length = 0;
  worker = new Worker(new URL("./trainer.ts", import.meta.url), { type: "module" });
  const began = performance.now();
  worker.addEventListener("error", ({ message }) => stop(message || "The worker did not load."));
  worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
    if (reports.push(data) === 1) requestAnimationFrame(redraw);
    element("status").textContent = `Epoch ${data.epoch} of ${epochs}`;
    if (data.epoch === epochs) stop(`${epochs} epochs in ${((performance.now() - began) / 1000).toFixed(1)} seconds`);
  });
  button.textContent = "Stop";
  element("status").textContent = "Starting";
}

/** Once a frame, as long as there is something to come. */
function redraw(): void {
  draw();
  if (worker) requestAnimationFrame(redraw);
}

button.addEventListener("click", () => {
  if (worker) stop(`Stopped after ${reports.length} epochs`);
  else start();
});
for (const change of [matchMedia("(prefers-color-scheme: dark)"), window])
  change.addEventListener(change === window ? "resize" : "change", draw);
draw();
