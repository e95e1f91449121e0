/**
 * Code for pooling and back, with a formula over the results.
 *
 * Windows without padding and with few places are written out, four channels at a time. Others take their places in loops that
 * leave out what lies outside the image. Backwards, windows that cover every pixel once write each gradient where it belongs; those
 * that overlap, or leave gaps, add to an image of zeros, window by window.
 */
import { coverExactly, mostPlacesCovered, type PoolKernel } from "../../graph/plan/image-kernels.ts";
import { keyOfFormula } from "../../graph/plan/kernel.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { windowsForm } from "./convolution-code.ts";
import { emitStores, FormulaCode, storeLanes } from "./formula-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";
import { emitChannels, emitStep } from "./window-walk.ts";

export function poolForm(kernel: PoolKernel): string {
  return `${kernel.name} ${windowsForm(kernel.windows)} ${keyOfFormula(kernel)}`;
}

/** Most places of a window that are written out; see `coverExactly`. */
const mostWrittenOut = mostPlacesCovered;

/** Everything that the pieces of a pool's code share. Places are byte offsets: in the images, and among the windows. */
class PoolCode {
  readonly f: FunctionBuilder;
  readonly kernel: PoolKernel;
  readonly index: number;
  readonly images: Local = 0;
  readonly pixel: Local;
  readonly window: Local;
  /** Byte offset of the channels at hand. */
  readonly channel: Local;
  /** What the formula is of: one for each vector of channels side by side. */
  readonly values: readonly Local[];
  readonly isBack: boolean;
  readonly atOnce: number;

  constructor(module: ModuleBuilder, kernel: PoolKernel, target: Target, name: string) {
    const { operands, stores, images } = kernel;
    const parameters = 1 + images.length + operands.length + stores.length;
    const { index, code } = module.function(name, new Array(parameters).fill("i32"));
    this.kernel = kernel;
    this.f = code;
    this.index = index;
    [this.pixel, this.window, this.channel] = code.locals("i32", 3);
    this.atOnce = vectorsAtOnce(target);
    this.values = Array.from({ length: this.atOnce }, () => code.local("v128"));
    this.isBack = kernel.name.endsWith("Back");
  }

  image(number: number): Local {
    return 1 + number;
  }
  get firstStore(): Local {
    return 1 + this.kernel.images.length + this.kernel.operands.length;
  }

  /** The formula over `values`; `place` is where results go, moved on by `offset()` bytes known when the code is made. */
  formula(place: () => void, offset: () => number): FormulaCode {
    const { f } = this;
    const formula: FormulaCode = new FormulaCode(
      f,
      this.kernel.values,
      this.kernel.stores.map(({ value }) => value),
      (value, vector) => {
        const operand = 1 + this.kernel.images.length + value.operand;
        if (value.layout === "full") {
          const compute = () => {
            f.get(operand);
            place();
            f.op("i32.add");
          };
          formula.address(value, compute).mem("v128.load", offset() + 16 * vector);
        } else if (value.layout === "perColumn") {
          formula.address(value, () => f.get(operand).get(this.channel).op("i32.add")).mem("v128.load", 16 * vector);
        } else f.get(operand).mem("v128.load32_splat");
      },
      (_, vector) => this.values[vector]!,
    );
    return formula;
  }

  /** Runs `emit` for each few vectors of channels, then for those that are left; see `emitChannels`. */
  channels(emit: (vectors: number, lanes?: number) => void): void {
    emitChannels(this.f, this.kernel.windows.channels, this.channel, this.atOnce, (vectors, lanes) => {
      this.f.forgetting(() => emit(vectors, lanes)).forget(this.values);
    });
  }

  /** Stores the formula over the values of so many vectors. */
  store(formula: FormulaCode, place: Local, offset: number, vectors: number, lanes: number | undefined): void {
    const count = lanes === undefined ? undefined : { known: lanes };
    emitStores(this.f, formula, this.kernel.stores, this.firstStore, place, count, offset, vectors);
  }

  /** Runs `emit` for each window of each image, `pixel` at its first place (padding and all) and `window` at its number. */
  windows(emit: () => void, beforeImage: () => void = () => {}): void {
    const { f } = this;
    const { counts, geometry, width, height, channels } = this.kernel.windows;
    const { stride, padding } = geometry;
    const [left, windowsLeft, start] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const pixelBytes = 4 * channels;
    const line = width * pixelBytes;
    f.i32(0).set(this.window);
    f.i32(-(padding[0] * line + padding[2] * pixelBytes)).set(start);
    f.countdown(this.images, () => {
      beforeImage();
      f.get(start)
        .set(this.pixel)
        .i32(counts[1])
        .set(left)
        .i32(counts[0] * counts[1])
        .set(windowsLeft);
      f.countdown(windowsLeft, () => {
        emit();
        f.bump(this.window, pixelBytes);
        emitStep(
          f,
          { place: this.pixel, left },
          counts[1],
          stride[1] * pixelBytes,
          stride[0] * line - counts[1] * stride[1] * pixelBytes,
        );
      });
      f.bump(start, height * line);
    });
  }

  /** Byte offset of each place from the first. */
  places(): number[] {
    const { geometry, width, channels } = this.kernel.windows;
    const { kernel, dilation } = geometry;
    return Array.from({ length: kernel[0] * kernel[1] }, (_, place) => {
      const [y, x] = [Math.floor(place / kernel[1]) * dilation[0], (place % kernel[1]) * dilation[1]];
      return 4 * channels * (y * width + x);
    });
  }
}

/**
 * The function of a pool. Parameters: how many images, addresses of what it reads (x; x, y and g; or g), then of each operand, of
 * each store.
 */
export function emitPool(module: ModuleBuilder, kernel: PoolKernel, target: Target, name: string): number {
  const code = new PoolCode(module, kernel, target, name);
  const { geometry } = kernel.windows;
  const isFew = geometry.kernel[0] * geometry.kernel[1] <= mostWrittenOut;
  if (code.isBack) {
    if (coverExactly(kernel.windows)) emitBackExactly(code);
    else emitBack(code);
  } else emitForward(code, isFew && geometry.padding.every((pixels) => pixels === 0));
  return code.index;
}

function emitForward(code: PoolCode, isWrittenOut: boolean): void {
  const { f, kernel, values } = code;
  const isMax = kernel.name === "maxPool";
  const join = isMax ? "f32x4.max" : "f32x4.add";
  const [address, place] = [f.local("i32"), f.local("i32")];
  const formula = code.formula(
    () => f.get(place),
    () => 0,
  );
  formula.prepare("uniform");
  const walk = isWrittenOut ? undefined : new PlaceWalk(code);
  code.windows(() => {
    walk?.position();
    code.channels((vectors, lanes) => {
      const side = values.slice(0, vectors);
      if (walk) {
        for (const value of side) f.f32x4(isMax ? Number.NEGATIVE_INFINITY : 0).set(value);
        walk.places((at) => {
          f.get(code.image(0)).get(at).op("i32.add").set(address);
          for (const [v, value] of side.entries())
            f.get(value)
              .get(address)
              .mem("v128.load", 16 * v)
              .op(join)
              .set(value);
        });
      } else {
        f.get(code.image(0)).get(code.pixel).op("i32.add").get(code.channel).op("i32.add").set(address);
        code.places().forEach((offset, i) => {
          for (const [v, value] of side.entries()) {
            if (i > 0) f.get(value);
            f.get(address).mem("v128.load", offset + 16 * v);
            if (i > 0) f.op(join);
            f.set(value);
          }
        });
      }
      f.get(code.window).get(code.channel).op("i32.add").set(place);
      for (const scope of ["perColumn", "perRow", "full"] as const) formula.begin(scope);
      code.store(formula, place, 0, vectors, lanes);
    });
  });
}

/** A window on the way back: its gradient and, of a maximum, what was the largest and who has taken it. */
class WindowBack {
  private readonly vectors: readonly (readonly [x: Local, y: Local, g: Local, taken: Local, here: Local])[];
  private readonly at: Local;
  private readonly code: PoolCode;
  private readonly isMax: boolean;

  constructor(code: PoolCode) {
    this.code = code;
    this.isMax = code.kernel.name === "maxPoolBack";
    this.vectors = code.values.map(() => code.f.locals("v128", 5));
    this.at = code.f.local("i32");
  }

  load(vectors: number): void {
    const { code, at, isMax } = this;
    const { f } = code;
    const read = (image: number, into: 1 | 2) => {
      f.get(code.image(image)).get(code.window).op("i32.add").get(code.channel).op("i32.add").set(at);
      for (const [v, locals] of this.vectors.slice(0, vectors).entries())
        f.get(at)
          .mem("v128.load", 16 * v)
          .set(locals[into]);
    };
    read(isMax ? 2 : 0, 2);
    if (isMax) read(1, 1);
    f.forget(this.vectors.map(([, , , taken]) => taken));
  }

  /** Forgets what was read, where a loop is around. */
  forget(): void {
    this.code.f.forget(this.vectors.flat());
  }

  /** Pushes what a pixel gets: of a maximum the gradient where the pixel is the first that reached it, and 0 elsewhere. */
  pushShare(pixel: Local, offset: number, vector: number): void {
    const { code, isMax } = this;
    const [x, y, g, taken, here] = this.vectors[vector]!;
    const { f } = code;
    if (isMax) {
      f.get(pixel)
        .mem("v128.load", offset + 16 * vector)
        .set(x);
      // Where the largest is NaN, any NaN is as large; where it is none, there is none.
      f.get(x).get(y).op("f32x4.eq").get(x).get(x).op("f32x4.ne").op("v128.or").get(taken).op("v128.andnot").set(here);
      f.get(taken).get(here).op("v128.or").set(taken);
      f.get(here);
    }
    f.get(g);
    if (isMax) f.op("v128.and");
  }
}

function emitBackExactly(code: PoolCode): void {
  const { f } = code;
  const window = new WindowBack(code);
  const [place, pixel] = f.locals("i32", 2);
  let offset = 0;
  const formula = code.formula(
    () => f.get(place),
    () => offset,
  );
  formula.prepare("uniform");
  code.windows(() => {
    code.channels((vectors, lanes) => {
      window.load(vectors);
      f.get(code.pixel).get(code.channel).op("i32.add").tee(place).get(code.image(0)).op("i32.add").set(pixel);
      formula.begin("perColumn");
      for (const distance of code.places()) {
        offset = distance;
        for (const [v, value] of code.values.slice(0, vectors).entries()) {
          window.pushShare(pixel, offset, v);
          f.set(value);
        }
        formula.begin("perRow");
        formula.begin("full");
        code.store(formula, place, offset, vectors, lanes);
      }
      window.forget();
    });
  });
}

/** Adds to an image of zeros; the one store is what is added up. */
function emitBack(code: PoolCode): void {
  const { f, kernel } = code;
  const window = new WindowBack(code);
  const [imageAt, pixel, to] = f.locals("i32", 3);
  const { height, width, channels } = kernel.windows;
  const target = code.firstStore;
  const imageBytes = 4 * height * width * channels;
  const walk = new PlaceWalk(code);
  const clear = () => f.get(target).get(imageAt).op("i32.add").i32(0).i32(imageBytes).fillMemory().bump(imageAt, imageBytes);
  f.i32(0).set(imageAt);
  code.windows(() => {
    walk.position();
    code.channels((vectors, lanes) => {
      window.load(vectors);
      walk.places((place) => {
        f.get(target).get(place).op("i32.add").set(to).get(code.image(0)).get(place).op("i32.add").set(pixel);
        for (const [v, sum] of code.values.slice(0, vectors).entries()) {
          f.get(to).mem("v128.load", 16 * v);
          window.pushShare(pixel, 0, v);
          f.op("f32x4.add").set(sum);
        }
        for (let v = vectors - 1; v >= 0; v--) storeLanes(f, () => f.get(to), code.values[v]!, lanes ?? 4, 16 * v);
      });
      window.forget();
    });
  }, clear);
}

/** The places of a window one after the other, without those outside the image. */
class PlaceWalk {
  private readonly code: PoolCode;
  private readonly top: Local;
  private readonly side: Local;
  private readonly y: Local;
  private readonly x: Local;
  private readonly linesLeft: Local;
  private readonly left: Local;
  private readonly line: Local;
  private readonly at: Local;

  constructor(code: PoolCode) {
    this.code = code;
    const local = () => code.f.local("i32");
    [this.top, this.side, this.y, this.x] = [local(), local(), local(), local()];
    [this.linesLeft, this.left, this.line, this.at] = [local(), local(), local(), local()];
  }

  /** Finds the window's first row and column, which may lie outside. */
  position(): void {
    const { f, kernel, window } = this.code;
    const { counts, geometry, channels } = kernel.windows;
    const { stride, padding } = geometry;
    const number = this.at;
    // The number of the window in its image, from its byte offset.
    f.get(window)
      .i32(4 * channels)
      .op("i32.div_u")
      .i32(counts[0] * counts[1])
      .op("i32.rem_u")
      .set(number);
    f.get(number).i32(counts[1]).op("i32.div_u").i32(stride[0]).op("i32.mul").i32(padding[0]).op("i32.sub").set(this.top);
    f.get(number).i32(counts[1]).op("i32.rem_u").i32(stride[1]).op("i32.mul").i32(padding[2]).op("i32.sub").set(this.side);
  }

  /** Runs `emit` with the byte offset of the channels at hand in each place inside. */
  places(emit: (at: Local) => void): void {
    const { f, kernel, pixel, channel } = this.code;
    const { geometry, width, height, channels } = kernel.windows;
    const { kernel: size, dilation } = geometry;
    const pixelBytes = 4 * channels;
    f.get(pixel).get(channel).op("i32.add").set(this.line).get(this.top).set(this.y).i32(size[0]).set(this.linesLeft);
    f.countdown(this.linesLeft, () => {
      // Rows above the image are larger than its height where they count as unsigned.
      f.get(this.y).i32(height).op("i32.lt_u");
      f.if(() => {
        f.get(this.line).set(this.at).get(this.side).set(this.x).i32(size[1]).set(this.left);
        f.countdown(this.left, () => {
          f.get(this.x).i32(width).op("i32.lt_u");
          f.if(() => emit(this.at));
          f.bump(this.at, dilation[1] * pixelBytes);
          f.bump(this.x, dilation[1]);
        });
      });
      f.bump(this.line, dilation[0] * width * pixelBytes);
      f.bump(this.y, dilation[0]);
    });
  }
}
