/** Code that moves images: padding, and patches and their adjoint where no convolution takes their place. */
import type { FoldKernel, PadKernel, PatchesKernel, Windows } from "../../graph/plan/image-kernels.ts";
import type { FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { windowsForm } from "./convolution-code.ts";
import { storeLanes } from "./formula-code.ts";
import { emitChannels } from "./window-walk.ts";

type ImageMove = PadKernel | PatchesKernel | FoldKernel;

export const imageForm = ({ kind, windows }: ImageMove): string => `${kind} ${windowsForm(windows)}`;

/** Bytes of one image of the kernel's source and target. */
export function imageBytes({ kind, windows }: ImageMove): { source: number; target: number } {
  const { height, width, channels, geometry, counts } = windows;
  const { kernel, padding } = geometry;
  const images = 4 * height * width * channels;
  const patches = 4 * counts[0] * counts[1] * kernel[0] * kernel[1] * channels;
  const padded = 4 * (height + padding[0] + padding[1]) * (width + padding[2] + padding[3]) * channels;
  if (kind === "pad") return { source: images, target: padded };
  return kind === "patches" ? { source: images, target: patches } : { source: patches, target: images };
}

/** The function of a move. Parameters: how many images, address of the source, of the target. */
export function emitImageMove(module: ModuleBuilder, kernel: ImageMove): number {
  const { index, code: f } = module.function(kernel.kind, new Array(3).fill("i32"));
  if (kernel.kind === "pad") emitPad(f, kernel);
  else emitPatches(f, kernel.windows, kernel.kind === "fold");
  return index;
}

const [images, source, target] = [0, 1, 2];

function emitPad(f: FunctionBuilder, kernel: PadKernel): void {
  const { height, width, channels, geometry } = kernel.windows;
  const { padding } = geometry;
  const line = 4 * width * channels;
  const paddedLine = line + 4 * (padding[2] + padding[3]) * channels;
  const bytes = imageBytes(kernel).target;
  const [to, left] = [f.local("i32"), f.local("i32")];
  f.countdown(images, () => {
    f.get(target).i32(0).i32(bytes).fillMemory();
    f.get(target)
      .i32(padding[0] * paddedLine + 4 * padding[2] * channels)
      .op("i32.add")
      .set(to);
    f.i32(height).set(left);
    f.countdown(left, () => {
      f.get(to).get(source).i32(line).copyMemory();
      f.bump(to, paddedLine);
      f.bump(source, line);
    });
    f.bump(target, bytes);
  });
}

/** Patches out of images or, back, added to them. */
function emitPatches(f: FunctionBuilder, windows: Windows, isBack: boolean): void {
  const { height, width, channels, geometry, counts } = windows;
  const { kernel, stride, dilation, padding } = geometry;
  const pixelBytes = 4 * channels;
  const bytes = height * width * pixelBytes;
  const [image, patch] = isBack ? [target, source] : [source, target];
  const [top, side, topsLeft, sidesLeft, y, x, linesLeft, left, at, channel] = f.locals("i32", 10);
  const sum = f.local("v128");
  const add = (_: number, lanes = 4) => {
    f.get(at).get(channel).op("i32.add").mem("v128.load");
    f.get(patch).get(channel).op("i32.add").mem("v128.load").op("f32x4.add").set(sum);
    storeLanes(f, () => f.get(at).get(channel).op("i32.add"), sum, lanes);
  };
  const place = () => {
    f.get(y).i32(height).op("i32.lt_u").get(x).i32(width).op("i32.lt_u").op("i32.and");
    f.if(
      () => {
        f.get(y).i32(width).op("i32.mul").get(x).op("i32.add").i32(pixelBytes).op("i32.mul").get(image).op("i32.add").set(at);
        if (isBack) emitChannels(f, channels, channel, 1, add);
        else f.get(patch).get(at).i32(pixelBytes).copyMemory();
      },
      () => {
        if (!isBack) f.get(patch).i32(0).i32(pixelBytes).fillMemory();
      },
    );
    f.bump(patch, pixelBytes);
  };
  f.countdown(images, () => {
    if (isBack) f.get(image).i32(0).i32(bytes).fillMemory();
    f.i32(-padding[0]).set(top).i32(counts[0]).set(topsLeft);
    f.countdown(topsLeft, () => {
      f.i32(-padding[2]).set(side).i32(counts[1]).set(sidesLeft);
      f.countdown(sidesLeft, () => {
        f.get(top).set(y).i32(kernel[0]).set(linesLeft);
        f.countdown(linesLeft, () => {
          f.get(side).set(x).i32(kernel[1]).set(left);
          f.countdown(left, () => {
            place();
            f.bump(x, dilation[1]);
          });
          f.bump(y, dilation[0]);
        });
        f.bump(side, stride[1]);
      });
      f.bump(top, stride[0]);
    });
    f.bump(image, bytes);
  });
}
