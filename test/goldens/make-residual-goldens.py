"""
Golden values of a small network of residual blocks, one inside another and one with a shortcut: PyTorch, float64, on the CPU.

Run      python3 test/goldens/make-residual-goldens.py    (PyTorch 2.13: pip install torch==2.13.0 numpy)
Writes   test/goldens/residual.json

Parameters go by our names. PyTorch's weights are [units, inputs], ours the transposed. Gradients are those of the mean loss. Batch
normalisation is that of training; numbers are float32, so that float32 engines start from the same ones.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261123)


class Residual(nn.Module):
    def __init__(self, layers, shortcut=None):
        super().__init__()
        self.layers = layers
        self.shortcut = shortcut

    def forward(self, x):
        return self.layers(x) + (x if self.shortcut is None else self.shortcut(x))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(5, 4)
        self.residual1 = Residual(nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 4)))
        self.residual2 = Residual(nn.Sequential(nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 3)), nn.Sequential(nn.Linear(4, 3, bias=False)))
        inner = Residual(nn.Sequential(nn.Linear(3, 3), nn.Sigmoid()))
        self.residual3 = Residual(nn.Sequential(inner, nn.Linear(3, 3)))

    def forward(self, x):
        return self.residual3(self.residual2(torch.tanh(self.residual1(self.dense1(x)))))


NAMES = {
    "dense1": "dense1",
    "residual1.dense1": "residual1.layers.0",
    "residual1.dense2": "residual1.layers.2",
    "residual2.batchNorm1": "residual2.layers.0",
    "residual2.dense1": "residual2.layers.2",
    "residual2.shortcut.dense1": "residual2.shortcut.0",
    "residual3.residual1.dense1": "residual3.layers.0.layers.0",
    "residual3.dense1": "residual3.layers.1",
}

network = Network()
with torch.no_grad():
    for parameter in network.parameters():
        parameter.copy_((0.6 * torch.randn(parameter.shape)).float().double())
x = torch.randn(7, 5).float().double()
target = torch.tensor([0, 1, 2, 2, 1, 0, 1])
outputs = network(x)
loss = F.cross_entropy(outputs, target)
loss.backward()


def ours(tensor):
    return (tensor.T if tensor.dim() == 2 else tensor).flatten().tolist()


parameters = {}
for name, theirs in NAMES.items():
    module = network.get_submodule(theirs)
    is_norm = isinstance(module, nn.BatchNorm1d)
    for ours_name, parameter in (("gamma" if is_norm else "weight", module.weight), ("beta" if is_norm else "bias", module.bias)):
        if parameter is not None:
            parameters[f"{name}.{ours_name}"] = {"values": ours(parameter.detach()), "gradient": ours(parameter.grad)}

made = {
    "tool": "PyTorch, float64, CPU",
    "version": torch.__version__,
    "command": "python3 test/goldens/make-residual-goldens.py",
    "rows": 7, "x": x.flatten().tolist(), "target": target.tolist(),
    "outputs": outputs.flatten().tolist(), "loss": loss.item(), "parameters": parameters,
}

Path(__file__).with_name("residual.json").write_text(json.dumps(made) + "\n")
