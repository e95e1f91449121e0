import { add, div, matmul, maximum, mean, mul, reshape, sizeOf, sqrt, sub, sum, type Tensor } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

const [p, q, r] = [3.4445, -4.775, 2.0315];
const iterations = 5;
/** Gradients smaller than this are not blown up. */
const smallest = 1e-7;

/** Brings all singular values near 1, between 0.7 and 1.2. */
function orthogonalised(matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape as [number, number];
  const isTall = rows > columns;
  let x = div(matrix, maximum(sqrt(sum(mul(matrix, matrix))), smallest));
  for (let i = 0; i < iterations; i++) {
    const gram = matmul(x, x, isTall ? { transposeA: true } : { transposeB: true });
    const change = add(mul(q, gram), mul(r, matmul(gram, gram)));
    x = add(mul(p, x), isTall ? matmul(x, change) : matmul(change, x));
  }
  return x;
}

/** The direction of a step, as long as suits the parameter's shape. */
function directionOf(ahead: Tensor): Tensor {
  const { shape } = ahead;
  if (shape.length < 2) return div(ahead, maximum(sqrt(mean(mul(ahead, ahead))), smallest));
  const columns = shape[shape.length - 1]!;
  const rows = sizeOf(shape) / columns;
  return mul(Math.sqrt(Math.max(1, columns / rows)), reshape(orthogonalised(reshape(ahead, [rows, columns])), shape));
}

/**
 * Momentum, orthogonalised: of the matrices that stretch no vector by more than 1, the step is the one that goes down most.
 *
 * Formula  B <- a B + (1 - a) G; U = a B + (1 - a) G; X = U / |U|, then five times X <- p X + X (q A + r A^2) with A = X^T X, or the
 *          same from the left where m is smaller; W <- W - eta sqrt(max(1, n / m)) X - eta lambda W
 *
 * Symbols  W [m, n] weight of m inputs and n units; G gradient, B its decaying mean, U Nesterov's look ahead; eta learning rate;
 *          lambda weight decay; (p, q, r) = (3.4445, -4.7750, 2.0315)
 *
 * Source   Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks", kellerjordan.github.io/posts/muon;
 *          Newton-Schulz: Higham 2008, Functions of Matrices, section 8.3; Bernstein & Newhouse 2024, arXiv:2409.20325.
 *
 * Choice   A weight of several axes is the matrix [all axes but the last, units]. Vectors (biases, the scales of batch
 *          normalisation) go along U / sqrt(mean U^2), the same principle for the norm that suits them; the authors give them to
 *          AdamW. All matrices are orthogonalised, first and last layer too. float32, where PyTorch iterates in bfloat16. Weights
 *          alone decay, and by default not at all (PyTorch: 0.1).
 */
export const muon = defineOptimizer({
  name: "muon",
  summary: "Momentum whose steps turn and mirror without stretching, so that rare directions are learned as fast as common ones.",
  source: "Jordan et al. 2024, kellerjordan.github.io/posts/muon.",
  options: {
    learningRate: { default: 0.02, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    decay: { default: 0.95, min: 0, max: 1, maxExclusive: true, summary: "Share a of the mean gradient that is kept." },
    weightDecay: { default: 0, min: 0, scale: "log", summary: "Share lambda of a weight that is lost, times the step size." },
  },
  slots: ["firstMoment"],
  scalars: ({ learningRate, decay, weightDecay }) => ({ share: 1 - decay, shrink: learningRate * weightDecay }),
  update({ parameter, gradient, firstMoment }, { learningRate, decay, share, shrink }, { isWeight }) {
    const next = add(firstMoment, mul(share, sub(gradient, firstMoment)));
    const ahead = add(gradient, mul(decay, sub(next, gradient)));
    const step = mul(learningRate, directionOf(ahead));
    return { parameter: sub(parameter, isWeight ? add(step, mul(shrink, parameter)) : step), firstMoment: next };
  },
  examples: [{}, { decay: 0, weightDecay: 0.1 }],
});
