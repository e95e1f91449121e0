import { defineCheck, otherLearningRate } from "./define.ts";

/**
 * A loss, an output or a weight that is NaN or infinite.
 *
 * Source   CS231n: "loss not going down: learning rate too low; loss exploding: learning rate too high. cost: NaN almost always means
 *          high learning rate". TheDeepChecker; SageMaker Debugger's NonFinite rule: any such value.
 */
export const nonFinite = defineCheck({
  code: "nonFinite",
  name: { en: "Numbers that are not finite", ko: "유한하지 않은 수" },
  explanation: {
    en: "A loss, an output or a weight became NaN or infinite; from there on nothing is learned. Almost always the learning rate is too high: each step overshoots further than the one before. Otherwise look for inputs that are not scaled, or a division or a logarithm of zero in a layer of your own. Lower the learning rate by a factor of ten, warm it up, or clip gradients.",
    ko: "손실, 출력 또는 가중치가 NaN이나 무한대가 되었다. 그 뒤로는 아무것도 배우지 못한다. 거의 언제나 학습률이 너무 높은 탓이다. 걸음마다 더 멀리 지나친다. 그렇지 않다면 척도를 맞추지 않은 입력이나, 직접 만든 층에서 0으로 나누거나 0의 로그를 취하는 곳을 찾아본다. 학습률을 10분의 1로 낮추거나, 예열하거나, 기울기를 자른다.",
  },
  source: "CS231n; TheDeepChecker; SageMaker Debugger.",
  thresholds: {},
  explains: ["explosion", "notLearning", "updatesTooLarge", "deadUnits", "saturatedUnits", "collapsedUnits"],
  watch: (run) => (event) => {
    if (event.type !== "run.ended" || event.code !== "nonFiniteLoss") return undefined;
    const { firstNonFinite: first, step } = event;
    const where =
      first === undefined || first.what === "loss"
        ? "the loss itself, for finite outputs"
        : first.what === "weights"
          ? `'${first.name}', which step ${first.step} made so`
          : `the outputs of '${first.name}', in step ${first.step}, for finite weights`;
    const change = otherLearningRate(run, 0.1);
    const isAtOnce = step <= 10;
    return {
      severity: "error",
      message: `${event.reason ?? "numbers are not finite"}; first of all ${where}`,
      evidence: { step, ...(first && { firstStep: first.step }) },
      cause: isAtOnce
        ? "the learning rate is far too high: the first steps have thrown the weights out of range"
        : "the learning rate is too high, or single gradients are far larger than the others",
      advice: isAtOnce
        ? "Lower the learning rate by ten or more; `osolgil doctor` finds a range that works."
        : "Lower the learning rate by ten, warm it up, or clip gradients.",
      ...(first && first.name !== "loss" && { layer: first.name }),
      ...(change && { changes: [change] }),
    };
  },
});
