/** The gradient of one parameter at each step of a run, as the run itself gets it. */

import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { differentiate, type Tensor } from "../graph/index.ts";
import { RunPrograms } from "../train/build.ts";
import type { Session } from "../train/session.ts";

export class GradientReader {
  private readonly session: Session;
  private readonly executable;
  private readonly parameters: readonly Tensor[];

  /** @param name  of the parameter: "dense3.weight" */
  constructor(session: Session, name: string) {
    this.session = session;
    const programs = new RunPrograms(session.run, session.dataset);
    const objective = programs.objective(session.run.document.training.batchSize);
    this.parameters = programs.model.parameters.map(({ tensor }) => tensor);
    const wanted = this.parameters.find((tensor) => tensor.name === name)!;
    const [gradient] = differentiate(objective, [wanted]);
    this.executable = wasmEngine.compile({ gradient: { outputs: { gradient: gradient! }, assignments: [] } });
    for (const { leaf, values } of programs.tables()) this.executable.writeTable(leaf, values);
  }

  /** Over the batch of step `step`, with the weights before it; valid until the next call. */
  at(step: number): ArrayLike<number> {
    const states = new Map(this.session.readStates().map(({ name, values }) => [name, values]));
    for (const tensor of this.parameters) this.executable.writeState(tensor, states.get(tensor.name!)!);
    this.executable.input("gradient", "rows").set(this.session.rowsOf(step));
    this.executable.run("gradient");
    return this.executable.output("gradient", "gradient");
  }
}
