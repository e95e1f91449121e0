"""
Golden values of losses, gradients and optimizers: small networks in PyTorch, float64, on the CPU.

Run      python3 test/goldens/make-torch-goldens.py    (PyTorch 2.13: pip install torch==2.13.0 numpy)
Writes   test/goldens/torch.json

Adam     PyTorch adds its epsilon to the corrected root: lr/(1 - b1^t) m / (sqrt(v)/sqrt(1 - b2^t) + eps'). Ours, as in the
         lecture, adds it to the uncorrected one: lr sqrt(1 - b2^t)/(1 - b1^t) m / (sqrt(v) + eps). They are the same formula for
         eps' = eps / sqrt(1 - b2^t), which is set before each step here; the formula itself, written out below, must agree.
         Without bias correction PyTorch has no Adam: the formula alone.
AdamW, NAdam  PyTorch's own; NAdam with a momentum_decay so large that its schedule of the momentum is over at the first step.
Lion     PyTorch has none: algorithm 2 of the paper, written out below.
Muon     PyTorch's own, which iterates in bfloat16: the conversion is taken out, so that it stays in float64. Its weights are
         [units, inputs], ours the transposed.
Momentum PyTorch: b <- a b + g, w <- w - lr b. Ours: v <- a v - lr g, w <- w + v. The same for a constant lr, with v = -lr b.
"""

import json
import math
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(20261122)


def random(*shape):
    """Float32 numbers, so that float32 engines start from the same ones."""
    return torch.randn(*shape, generator=generator).float().double()


def flat(tensor):
    return tensor.detach().flatten().tolist()


ACTIVATIONS = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}


def network(sizes, activation, loss_name, batch):
    x = random(batch, sizes[0])
    weights = [(random(a, b) / math.sqrt(a)).float().double().requires_grad_() for a, b in zip(sizes, sizes[1:])]
    biases = [(0.1 * random(b)).float().double().requires_grad_() for b in sizes[1:]]
    h = x
    for i, (w, b) in enumerate(zip(weights, biases)):
        h = h @ w + b
        if i < len(weights) - 1:
            h = ACTIVATIONS[activation](h)
    if loss_name == "softmaxCrossEntropy":
        target = torch.randint(sizes[-1], (batch,), generator=generator)
        losses = torch.nn.functional.cross_entropy(h, target, reduction="none")
    else:
        target = random(batch, sizes[-1])
        losses = torch.nn.functional.mse_loss(h, target, reduction="none").mean(dim=1)
    loss = losses.mean()
    loss.backward()
    return {
        "sizes": sizes, "activation": activation, "loss": loss_name, "batch": batch,
        "x": flat(x), "target": flat(target),
        "weights": [flat(w) for w in weights], "biases": [flat(b) for b in biases],
        "losses": flat(losses), "meanLoss": loss.item(),
        "weightGradients": [flat(w.grad) for w in weights], "biasGradients": [flat(b.grad) for b in biases],
    }


START = [1.0, -0.5, 0.25, 2.0, -1.5]
CURVATURE = [1.0, 0.1, 3.0, 0.5, 2.0]
STEPS = 20


def trajectory(make, before=lambda optimizer, step: None):
    w = torch.tensor(START, requires_grad=True)
    c = torch.tensor(CURVATURE)
    optimizer = make([w])
    steps = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        (c * w * w / 2 + w**4 / 4).sum().backward()
        before(optimizer, step)
        optimizer.step()
        steps.append(flat(w))
    return steps


def sgd(lr):
    return lambda ps: torch.optim.SGD(ps, lr=lr)


def momentum(lr, decay):
    return lambda ps: torch.optim.SGD(ps, lr=lr, momentum=decay)


def adam(lr, b1, b2, eps):
    def before(optimizer, step):
        optimizer.param_groups[0]["eps"] = eps / math.sqrt(1 - b2**step)

    made = trajectory(lambda ps: torch.optim.Adam(ps, lr=lr, betas=(b1, b2), eps=eps), before)
    # The lecture's formula, written out.
    w, m, v = torch.tensor(START), torch.zeros(5), torch.zeros(5)
    c = torch.tensor(CURVATURE)
    for step, expected in zip(range(1, STEPS + 1), made):
        g = c * w + w**3
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        w = w - lr * math.sqrt(1 - b2**step) / (1 - b1**step) * m / (v.sqrt() + eps)
        assert (w - torch.tensor(expected)).abs().max() < 1e-14, (step, w, expected)
    return made


def written_out(update, *slots):
    w, c = torch.tensor(START), torch.tensor(CURVATURE)
    state = [torch.zeros(5) for _ in slots]
    steps = []
    for step in range(1, STEPS + 1):
        w, *state = update(w, c * w + w**3, step, *state)
        steps.append(flat(w))
    return steps


def adam_uncorrected(lr, b1, b2, eps):
    def update(w, g, _, m, v):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        return w - lr * m / (v.sqrt() + eps), m, v

    return written_out(update, "m", "v")


def lion(lr, b1, b2, weight_decay):
    def update(w, g, _, m):
        c = b1 * m + (1 - b1) * g
        return w - lr * (torch.sign(c) + weight_decay * w), b2 * m + (1 - b2) * g

    return written_out(update, "m")


def muon_case(lr, decay, weight_decay, shape):
    start = random(*shape)
    curvature = random(*shape).abs()
    w = start.T.contiguous().requires_grad_()
    narrow = torch.Tensor.bfloat16
    # A copy, as the conversion is: what follows works in place.
    torch.Tensor.bfloat16 = lambda tensor: tensor.clone()
    try:
        optimizer = torch.optim.Muon([w], lr=lr, momentum=decay, weight_decay=weight_decay)
        steps = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            (curvature.T * w * w / 2 + w**4 / 4).sum().backward()
            optimizer.step()
            steps.append(flat(w.T))
    finally:
        torch.Tensor.bfloat16 = narrow
    options = {"learningRate": lr, "decay": decay, "weightDecay": weight_decay}
    return {"options": options, "shape": shape, "start": flat(start), "curvature": flat(curvature), "trajectory": steps}


def case(options, steps):
    return {"options": options, "start": START, "curvature": CURVATURE, "trajectory": steps}


def decaying_case(make, lr, b1, b2, eps, **more):
    options = {"learningRate": lr, "beta1": b1, "beta2": b2, "epsilon": eps}
    if "weight_decay" in more:
        options["weightDecay"] = more["weight_decay"]
    return case(options, trajectory(lambda ps: make(ps, lr=lr, betas=(b1, b2), eps=eps, **more)))


def adam_case(lr, b1, b2, eps):
    return case({"learningRate": lr, "beta1": b1, "beta2": b2, "epsilon": eps}, adam(lr, b1, b2, eps))


made = {
    "tool": "PyTorch, float64, CPU",
    "version": torch.__version__,
    "command": "python3 test/goldens/make-torch-goldens.py",
    "networks": [
        network([4, 3], "relu", "softmaxCrossEntropy", 5),
        network([6, 5, 4], "relu", "softmaxCrossEntropy", 7),
        network([5, 8, 6, 3], "tanh", "softmaxCrossEntropy", 4),
        network([3, 9, 10], "sigmoid", "softmaxCrossEntropy", 6),
        network([4, 5, 2], "tanh", "meanSquaredError", 6),
        network([7, 6, 5, 1], "sigmoid", "meanSquaredError", 3),
        network([3, 16, 3], "relu", "meanSquaredError", 9),
    ],
    "optimizers": {
        "sgd": [case({"learningRate": lr}, trajectory(sgd(lr))) for lr in (0.01, 0.1)],
        "momentum": [case({"learningRate": lr, "decay": d}, trajectory(momentum(lr, d))) for lr, d in ((0.01, 0.9), (0.05, 0.5), (0.1, 0.0))],
        "adam": [adam_case(0.001, 0.9, 0.999, 1e-7), adam_case(0.1, 0.0, 0.999, 1e-7), adam_case(0.05, 0.9, 0.99, 1e-3),
                 case({"learningRate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7, "biasCorrection": False},
                      adam_uncorrected(0.01, 0.9, 0.999, 1e-7))],
        "nesterov": [case({"learningRate": lr, "decay": d},
                          trajectory(lambda ps, lr=lr, d=d: torch.optim.SGD(ps, lr=lr, momentum=d, nesterov=True)))
                     for lr, d in ((0.01, 0.9), (0.05, 0.5))],
        "adagrad": [case({"learningRate": lr, "epsilon": eps},
                         trajectory(lambda ps, lr=lr, eps=eps: torch.optim.Adagrad(ps, lr=lr, eps=eps)))
                    for lr, eps in ((0.01, 1e-7), (0.5, 1e-3))],
        "rmsprop": [case({"learningRate": lr, "decay": d, "epsilon": eps},
                         trajectory(lambda ps, lr=lr, d=d, eps=eps: torch.optim.RMSprop(ps, lr=lr, alpha=d, eps=eps)))
                    for lr, d, eps in ((0.01, 0.99, 1e-7), (0.05, 0.9, 1e-3))],
        "adadelta": [case({"learningRate": lr, "decay": d, "epsilon": eps},
                          trajectory(lambda ps, lr=lr, d=d, eps=eps: torch.optim.Adadelta(ps, lr=lr, rho=d, eps=eps)))
                     for lr, d, eps in ((1.0, 0.95, 1e-6), (0.5, 0.9, 1e-3))],
        "nadam": [decaying_case(torch.optim.NAdam, *numbers, momentum_decay=1e9)
                  for numbers in ((0.002, 0.9, 0.999, 1e-8), (0.1, 0.5, 0.99, 1e-3))],
        "adamw": [decaying_case(torch.optim.AdamW, *numbers, weight_decay=decay)
                  for *numbers, decay in ((0.001, 0.9, 0.999, 1e-8, 0.01), (0.1, 0.5, 0.99, 1e-3, 0.5))],
        "lion": [case({"learningRate": lr, "beta1": b1, "beta2": b2, "weightDecay": d}, lion(lr, b1, b2, d))
                 for lr, b1, b2, d in ((0.01, 0.9, 0.99, 0.0), (0.1, 0.5, 0.9, 0.25))],
        "muon": [muon_case(0.02, 0.95, 0.0, [3, 3]), muon_case(0.1, 0.5, 0.1, [2, 4]), muon_case(0.05, 0.9, 0.0, [5, 2])],
    },
}

Path(__file__).with_name("torch.json").write_text(json.dumps(made, indent=1) + "\n")
