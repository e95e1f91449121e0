"""
PyTorch as a peer: python pytorch.py WORKLOAD THREADS [foreach] [compile].

WORKLOAD is what forPeers of bench/workload.ts says of it, as JSON. Batches lie in memory as float32 tensors. Updates are fused
unless `foreach` is given: PyTorch 1 has no fused ones on CPUs.
"""
import json
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from data import batches
from protocol import serve

workload, threads, options = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
torch.set_num_threads(threads)
torch.manual_seed(0)


def extent(before, window, stride, padding):
    return math.ceil(before / stride) if padding == "same" else (before - window) // stride + 1


def build(layers, shape):
    """The network; shape is that of an example as the workload gives it, [values] or [height, width, channels]."""
    modules = []
    for layer in layers:
        kind = layer["kind"]
        if kind == "dense":
            if len(shape) > 1:
                modules.append(nn.Flatten())
            modules.append(nn.Linear(math.prod(shape), layer["units"]))
            shape = [layer["units"]]
        elif kind == "conv2d":
            kernel, stride, padding = layer["kernel"], layer.get("stride", 1), layer.get("padding", "valid")
            # An odd kernel with stride 1 is "same" with kernel // 2 on both sides.
            pad = kernel // 2 if padding == "same" else 0
            modules.append(nn.Conv2d(shape[2], layer["filters"], kernel, stride=stride, padding=pad))
            shape = [extent(shape[0], kernel, stride, padding), extent(shape[1], kernel, stride, padding), layer["filters"]]
        elif kind == "maxPool2d":
            size = layer.get("size", 2)
            stride = layer.get("stride", size)
            modules.append(nn.MaxPool2d(size, stride))
            shape = [extent(shape[0], size, stride, "valid"), extent(shape[1], size, stride, "valid"), shape[2]]
        elif kind == "batchNorm":
            modules.append(nn.BatchNorm1d(shape[0]) if len(shape) == 1 else nn.BatchNorm2d(shape[2]))
        elif kind == "dropout":
            modules.append(nn.Dropout(layer["rate"]))
        elif kind == "relu":
            modules.append(nn.ReLU())
        else:
            sys.exit(f"pytorch.py has no layer {kind}")
    return nn.Sequential(*modules)


network = build(workload["layers"], workload["input"])
inputs, targets = ([torch.from_numpy(array) for array in arrays] for arrays in batches(workload))

groups = [
    {"params": [p for p in network.parameters() if p.dim() > 1], "weight_decay": workload["l2"]},
    {"params": [p for p in network.parameters() if p.dim() == 1]},
]
chosen = workload["optimizer"]
rate = chosen["learningRate"]
kind = {"foreach": True} if "foreach" in options else {"fused": True}
parameters = groups if workload["l2"] else network.parameters()
update = {
    "adam": lambda: torch.optim.Adam(parameters, lr=rate, **kind),
    "sgd": lambda: torch.optim.SGD(parameters, lr=rate, **kind),
    "momentum": lambda: torch.optim.SGD(parameters, lr=rate, momentum=chosen["decay"], **kind),
}[chosen["kind"]]()
model = torch.compile(network) if "compile" in options else network


def step(i):
    update.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(inputs[i % len(inputs)]), targets[i % len(targets)])
    loss.backward()
    update.step()
    return loss.detach()


serve({"peer": f"pytorch-{torch.__version__}", "threads": torch.get_num_threads(), "options": options}, step)
