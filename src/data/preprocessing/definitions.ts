/** The preprocessing that a run document can name: one file and one line each. */
export { channelMean } from "./channel-mean.ts";
export { meanImage } from "./mean-image.ts";
export { minMax } from "./min-max.ts";
export { standardise } from "./standardise.ts";
export { whiten } from "./whiten.ts";
