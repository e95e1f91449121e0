import { pruners } from "../../src/search/pruners/index.ts";
import { samplers } from "../../src/search/samplers/index.ts";
import { prunerContract, samplerContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

for (const one of samplers.all) holds(`sampler '${one.name}'`, samplerContract(one));
for (const one of pruners.all) holds(`pruner '${one.name}'`, prunerContract(one));
