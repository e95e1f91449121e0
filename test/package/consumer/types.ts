/** The types that the package declares: this file must compile, and each mistake in it must be one. */
import { adam, dense, type FitOptions, fit, loadModel, relu, type TrainedModel } from "osolgil";
import { layerContract } from "osolgil/testing";

const options: FitOptions = { model: [dense({ units: 4 }), relu, dense({ units: 1 })], inputs: [[1], [2]], targets: [1, 2] };
const model: TrainedModel = await fit({ ...options, optimizer: adam({ learningRate: 0.01 }) });
const outputs: Float64Array = loadModel(model.save()).predict([[3]]).outputs;
console.log(outputs[0]?.toFixed(2));
for (const { name, run } of layerContract(dense)) console.log(name, run);

// @ts-expect-error misspelled
adam({ lerningRate: 0.01 });
// @ts-expect-error a number is needed
dense({ units: "4" });
// @ts-expect-error units is missing
dense();
// @ts-expect-error misspelled
fit({ ...options, epoch: 3 });

// @ts-expect-error there is no such export
export { lstm } from "osolgil";
