import { optimizers } from "../../src/optim/optimizers/index.ts";
import { optimizerContract } from "./optimizer.ts";

optimizers.all.forEach(optimizerContract);
