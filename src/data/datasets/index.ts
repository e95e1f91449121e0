/** The data sets, one line each. */
import { idxFolder } from "./idx-folder.ts";
import { mnist } from "./mnist.ts";

export const datasets = [idxFolder, mnist] as const;
