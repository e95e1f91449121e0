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
}

Path(__file__).with_name("torch-parts.json").write_text(json.dumps(made) + "\n")
