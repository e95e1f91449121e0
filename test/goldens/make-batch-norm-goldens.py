"""Batch normalisation and L2 in PyTorch, float64: three training steps of a small network, then evaluation.

python test/goldens/make-batch-norm-goldens.py > test/goldens/batch-norm.json
"""
import json

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)
inputs, targets = torch.randn(12, 4), torch.tensor([0, 1, 2] * 4)
network = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3))
start = {name: value.tolist() for name, value in network.named_parameters()}
weights = [p for p in network.parameters() if p.dim() > 1]
others = [p for p in network.parameters() if p.dim() == 1]
update = torch.optim.SGD([{"params": weights, "weight_decay": 0.1}, {"params": others}], lr=0.1)
losses = []
for _ in range(3):
    update.zero_grad()
    loss = F.cross_entropy(network(inputs), targets)
    loss.backward()
    update.step()
    losses.append(loss.item())
network.eval()
print(
    json.dumps(
        {
            "tool": "PyTorch",
            "version": torch.__version__,
            "command": "python test/goldens/make-batch-norm-goldens.py > test/goldens/batch-norm.json",
            "inputs": inputs.tolist(),
            "targets": targets.tolist(),
            "start": start,
            "losses": losses,
            "end": {name: value.tolist() for name, value in network.state_dict().items()},
            "evaluationLoss": F.cross_entropy(network(inputs), targets).item(),
        }
    )
)
