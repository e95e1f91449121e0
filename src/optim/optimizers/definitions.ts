/** The optimizers: one file and one line each. */
export { adadelta } from "./adadelta.ts";
export { adagrad } from "./adagrad.ts";
export { adam } from "./adam.ts";
export { adamw } from "./adamw.ts";
export { lion } from "./lion.ts";
export { momentum } from "./momentum.ts";
export { muon } from "./muon.ts";
export { nadam } from "./nadam.ts";
export { nesterov } from "./nesterov.ts";
export { rmsprop } from "./rmsprop.ts";
export { sgd } from "./sgd.ts";
