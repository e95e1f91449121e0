/** The data sets, one line each. */
import { cifar10 } from "./cifar10.ts";
import { csv } from "./csv.ts";
import { idxFolder } from "./idx-folder.ts";
import { mnist } from "./mnist.ts";
import { npy } from "./npy.ts";

export const datasets = [cifar10, csv, idxFolder, mnist, npy] as const;
