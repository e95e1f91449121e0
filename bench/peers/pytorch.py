"""PyTorch as a peer: python pytorch.py WORKLOAD THREADS [fused|foreach] [compile]. Batches lie in memory as float32 tensors."""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from protocol import serve

workload, threads, options = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
torch.set_num_threads(threads)
torch.manual_seed(0)


def dense(widths, batch_norm=False, dropout=0.0):
    layers = []
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if i < len(widths) - 2:
            if batch_norm:
                layers.append(nn.BatchNorm1d(outputs))
            layers.append(nn.ReLU())
            if dropout:
                layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 30, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4320, 100), nn.ReLU(), nn.Linear(100, 10)
    )


network, batch, optimizer, penalty = {
    "W1": lambda: (dense([784, 100, 100, 100, 100, 10]), 128, "adam", 0.0),
    "W2": lambda: (dense([784, 100, 100, 100, 100, 10], True, 0.5), 128, "adam", 0.1),
    "W3": lambda: (dense([784, 50, 10]), 100, "sgd", 0.0),
    "W4": lambda: (dense([3072, 50, 10]), 100, "momentum", 0.0),
    "W5": lambda: (dense([784, 1024, 1024, 10]), 256, "adam", 0.0),
    "W6": lambda: (convolutional(), 100, "adam", 0.0),
}[workload]()

if workload == "W4":
    inputs = [torch.randn(batch, 3072) for _ in range(100)]
    targets = [torch.randint(0, 10, (batch,)) for _ in range(100)]
else:
    from mnist import load

    images, labels = (torch.from_numpy(array) for array in load())
    shape = (batch, 1, 28, 28) if workload == "W6" else (batch, 784)
    inputs = [images[i : i + batch].reshape(shape) for i in range(0, 60000 - batch + 1, batch)]
    targets = [labels[i : i + batch] for i in range(0, 60000 - batch + 1, batch)]

groups = [
    {"params": [p for p in network.parameters() if p.dim() > 1], "weight_decay": penalty},
    {"params": [p for p in network.parameters() if p.dim() == 1]},
]
kind = {"fused": True} if "foreach" not in options else {"foreach": True}
update = {
    "adam": lambda: torch.optim.Adam(groups if penalty else network.parameters(), lr=1e-3, **kind),
    "sgd": lambda: torch.optim.SGD(network.parameters(), lr=0.1, **kind),
    "momentum": lambda: torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9, **kind),
}[optimizer]()
model = torch.compile(network) if "compile" in options else network


def step(i):
    update.zero_grad(set_to_none=True)
    F.cross_entropy(model(inputs[i % len(inputs)]), targets[i % len(targets)]).backward()
    update.step()


serve({"peer": f"pytorch-{torch.__version__}", "workload": workload, "threads": threads, "options": options}, step)
