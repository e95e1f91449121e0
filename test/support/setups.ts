/** The engines that tests run on, under each of their profiles. */
import { engineSetups, floatSetups as setupsOfFloat } from "../../src/testing/programs.ts";

export const setups = engineSetups();

/** Those that compute in float32. */
export const floatSetups = setupsOfFloat();
