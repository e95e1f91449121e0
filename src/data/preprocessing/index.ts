/** The preprocessing that a run document can name: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { channelMean } from "./channel-mean.ts";
import { meanImage } from "./mean-image.ts";
import { minMax } from "./min-max.ts";
import { standardise } from "./standardise.ts";
import { whiten } from "./whiten.ts";

export { definePreprocessing, type PreprocessingDefinition } from "./define.ts";
export const preprocessings = createRegistry("preprocessing", [meanImage, channelMean, standardise, minMax, whiten]);
