"""
Golden values of single activations and losses, with their gradients: PyTorch, float64, on the CPU.

Run      python3 test/goldens/make-torch-part-goldens.py    (PyTorch 2.13: pip install torch==2.13.0 numpy)
Writes   test/goldens/torch-parts.json

A gradient is that of the sum of the results. Points are float32 numbers, from one over the range and beyond it, so that what
overflows in a careless formula does so here.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

POINTS = torch.tensor([-300, -100, -30, -11, -5.5, -3, -1.25, -0.5, -1e-3, -1e-8, 1e-8, 1e-3, 0.5, 1.25, 3, 5.5, 11, 30, 100, 300])
POINTS = POINTS.float().double()


def activation(name, options, function):
    x = POINTS.clone().requires_grad_()
    y = function(x)
    y.sum().backward()
    return {"name": name, "options": options, "x": x.tolist(), "y": y.tolist(), "gradient": x.grad.tolist()}


# Rows of logits: ordinary ones, ties, and far ones.
LOGITS = torch.tensor([[0.5, -1.25, 2, 0.25], [0, 0, 0, 0], [300, -300, 299, 10], [-5.5, 11, 1e-3, -30], [1, 1, -1, 2]])
LOGITS = LOGITS.float().double()
CLASSES = torch.tensor([2, 0, 1, 1, 3])
SHARES = torch.tensor([[0.25, 0.25, 0.5, 0], [0, 0, 1, 0], [0.125, 0, 0.875, 0], [0, 1, 0, 0], [0.25, 0.25, 0.25, 0.25]])
YES = torch.tensor([[1.0, 0, 1, 0], [0, 1, 0.5, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0.25, 1]])
VALUES = torch.tensor([[0.25, -1, 2, 7], [0, 0, 0.5, -0.5], [299, -305, 0, 10], [-5, 11, 2, 3], [1, 3, -1, 0]]).float().double()
WEIGHTS = [1.0, 0.25, 4.0, 0.5]


def loss(name, options, target, function):
    z = LOGITS.clone().requires_grad_()
    each = function(z)
    each.sum().backward()
    return {
        "name": name, "options": options, "prediction": z.flatten().tolist(), "outputs": z.shape[1],
        "target": target.flatten().tolist(), "isClasses": target.dim() == 1, "losses": each.tolist(),
        "gradient": z.grad.flatten().tolist(),
    }


def cross_entropy(options, target):
    weight = torch.tensor(options["classWeights"]) if "classWeights" in options else None
    smoothing = options.get("smoothing", 0.0)
    return loss("softmaxCrossEntropy", options, target,
                lambda z: F.cross_entropy(z, target, weight=weight, label_smoothing=smoothing, reduction="none"))


def binary(options):
    weight = torch.tensor(options.get("positiveWeight", 1.0))
    return loss("binaryCrossEntropy", options, YES,
                lambda z: F.binary_cross_entropy_with_logits(z, YES, pos_weight=weight, reduction="none").mean(dim=1))


def hinge(options):
    # PyTorch divides the sum over the other classes by the number of classes.
    margin = options.get("margin", 1.0)
    return loss("multiclassHinge", options, CLASSES,
                lambda z: z.shape[1] * F.multi_margin_loss(z, CLASSES, margin=margin, reduction="none"))


def values(name, options, function):
    return loss(name, options, VALUES, lambda z: function(z, VALUES, reduction="none").mean(dim=1))


def huber(options):
    return values("huber", options, lambda z, t, reduction: F.huber_loss(z, t, delta=options.get("delta", 1.0), reduction=reduction))


made = {
    "tool": "PyTorch, float64, CPU",
    "version": torch.__version__,
    "command": "python3 test/goldens/make-torch-part-goldens.py",
    "activations": [
        activation("relu", {}, F.relu),
        activation("sigmoid", {}, torch.sigmoid),
        activation("tanh", {}, torch.tanh),
        activation("leakyRelu", {}, F.leaky_relu),
        activation("leakyRelu", {"slope": 0.3}, lambda x: F.leaky_relu(x, 0.3)),
        activation("elu", {}, F.elu),
        activation("elu", {"alpha": 0.5}, lambda x: F.elu(x, 0.5)),
        activation("selu", {}, F.selu),
        activation("gelu", {}, F.gelu),
        activation("gelu", {"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
        # PyTorch gives x itself beyond its threshold; a large one leaves the formula.
        activation("softplus", {}, lambda x: F.softplus(x, threshold=700)),
        activation("swish", {}, F.silu),
        activation("swish", {"beta": 1.5}, lambda x: x * torch.sigmoid(1.5 * x)),
    ],
    "losses": [
        *(cross_entropy(options, target) for target in (CLASSES, SHARES) for options in
          ({}, {"smoothing": 0.1}, {"classWeights": WEIGHTS}, {"smoothing": 0.25, "classWeights": WEIGHTS})),
        binary({}), binary({"positiveWeight": 3.0}),
        hinge({}), hinge({"margin": 0.3}),
        values("meanSquaredError", {}, F.mse_loss),
        values("meanAbsoluteError", {}, F.l1_loss),
        huber({}), huber({"delta": 3.5}),
    ],
}

Path(__file__).with_name("torch-parts.json").write_text(json.dumps(made) + "\n")
