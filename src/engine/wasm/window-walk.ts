/** Walking over the windows of images: where each lies, in bytes, when images have their padding around them. */
import type { Windows } from "../../graph/plan/image-kernels.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { WindowRuns } from "./strip-code.ts";

/** Byte distances within images without padding left in the geometry. */
export function distances({ height, width, channels, geometry, counts }: Windows) {
  const { kernel, stride, dilation } = geometry;
  const pixel = 4 * channels;
  const line = width * pixel;
  return {
    image: height * line,
    /** From a window to the one right of it, and from the place right of the last one of a line to the next line's first. */
    step: stride[1] * pixel,
    nextLine: stride[0] * line - counts[1] * stride[1] * pixel,
    /** From the end of a window's run of places to the start of the next. */
    nextRun: dilation[0] * line - kernel[1] * pixel,
  };
}

/** How a window without holes in its lines is read: a run for each of its lines. */
export function runsOfWindow(windows: Windows): WindowRuns {
  const { geometry, channels } = windows;
  const { nextRun } = distances(windows);
  return { length: geometry.kernel[1] * channels, runs: geometry.kernel[0], jump: nextRun };
}

/** A place that goes on from one to the next, and `count` times on jumps to the start of the next line. */
export interface Walk {
  readonly place: Local;
  readonly left: Local;
}

/** Lists the next `lines` places of a walk, and moves it past them. */
export function emitList(
  f: FunctionBuilder,
  list: Local,
  lines: number,
  walk: Walk,
  count: number,
  step: number,
  jump: number,
): void {
  for (let i = 0; i < lines; i++) {
    f.get(list)
      .get(walk.place)
      .mem("i32.store", 4 * i);
    emitStep(f, walk, count, step, jump);
  }
}

/**
 * Runs `emit` for each so many vectors of four channels, then for those that are left; `channel` holds the byte offset of the
 * channels at hand.
 *
 * @param emit  gets how many vectors there are side by side, and how many channels where they fill none
 */
export function emitChannels(
  f: FunctionBuilder,
  channels: number,
  channel: Local,
  atOnce: number,
  emit: (vectors: number, lanes?: number) => void,
): void {
  f.i32(0).set(channel);
  const whole = channels >> 2;
  const rounds = Math.floor(whole / atOnce);
  if (rounds > 0) {
    const left = f.local("i32");
    f.i32(rounds).set(left);
    f.countdown(left, () => {
      emit(atOnce);
      f.bump(channel, 16 * atOnce);
    });
  }
  for (let vector = rounds * atOnce; vector < whole; vector++) {
    emit(1);
    f.bump(channel, 16);
  }
  if (channels % 4 > 0) emit(1, channels % 4);
}

/** Moves a walk on by one: `step` bytes, and at the end of a line of `count` by `jump` more. */
export function emitStep(f: FunctionBuilder, { place, left }: Walk, count: number, step: number, jump: number): void {
  f.bump(place, step);
  f.get(left).i32(1).op("i32.sub").tee(left).op("i32.eqz");
  f.if(() => {
    f.bump(place, jump);
    f.i32(count).set(left);
  });
}
