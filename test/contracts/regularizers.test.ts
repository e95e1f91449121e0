import { constraints } from "../../src/optim/constraints/index.ts";
import { penalties } from "../../src/optim/penalties/index.ts";
import { constraintContract, penaltyContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

for (const one of penalties.all) holds(`penalty '${one.name}'`, penaltyContract(one));
for (const one of constraints.all) holds(`constraint '${one.name}'`, constraintContract(one));
