/** What every engine must do, whatever it is made of: each part is a suite over one engine under one numerics profile. */
import { describe } from "vitest";
import type { Setup } from "../../src/testing/programs.ts";
import { elementwiseContract } from "./contract/elementwise.ts";
import { executableContract } from "./contract/executable.ts";
import { matmulContract } from "./contract/matmul.ts";
import { moveContract } from "./contract/moves.ts";
import { placeContract } from "./contract/places.ts";
import { randomContract } from "./contract/random.ts";
import { reduceContract } from "./contract/reduce.ts";
import { windowContract } from "./contract/windows.ts";

export function engineContract(setup: Setup): void {
  describe(setup.name, () => {
    elementwiseContract(setup);
    reduceContract(setup);
    matmulContract(setup);
    moveContract(setup);
    windowContract(setup);
    randomContract(setup);
    placeContract(setup);
    executableContract(setup);
  });
}
