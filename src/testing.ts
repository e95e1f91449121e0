/**
 * Tests for parts of one's own: the contracts that Osolgil's own parts are held to. A contract is a list of checks, for any runner:
 * `for (const { name, run } of layerContract(myLayer)) test(name, run);`
 *
 * @packageDocumentation
 */
export { activationContract } from "./testing/activation.ts";
export { augmentationContract } from "./testing/augmentation.ts";
export { type Check, ContractError, type Options } from "./testing/check.ts";
export { initializerContract } from "./testing/initializer.ts";
export { layerContract } from "./testing/layer.ts";
export { lossContract } from "./testing/loss.ts";
export { type MetricTraits, metricContract } from "./testing/metric.ts";
export { optimizerContract } from "./testing/optimizer.ts";
export { preprocessingContract } from "./testing/preprocessing.ts";
export { prunerContract } from "./testing/pruner.ts";
export { constraintContract, penaltyContract } from "./testing/regularizers.ts";
export { samplerContract } from "./testing/sampler.ts";
export { type ScheduleTraits, scheduleContract } from "./testing/schedule.ts";
