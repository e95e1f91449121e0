"""Layer normalisation in PyTorch, float64: outputs and gradients, of rows and of images (channels last).

python test/goldens/make-layer-norm-goldens.py > test/goldens/layer-norm.json
"""
import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
cases = []
for shape in ([3, 5], [2, 2, 3, 2]):
    x = torch.randn(shape, requires_grad=True)
    gamma = torch.randn(shape[1:], requires_grad=True)
    beta = torch.randn(shape[1:], requires_grad=True)
    weights = torch.randn(shape)
    y = F.layer_norm(x, shape[1:], gamma, beta, eps=1e-3)
    (y * weights).sum().backward()
    cases.append(
        {
            "shape": shape,
            **{name: t.flatten().tolist() for name, t in [("x", x), ("gamma", gamma), ("beta", beta), ("weights", weights), ("y", y)]},
            "gradients": [t.grad.flatten().tolist() for t in (x, gamma, beta)],
        }
    )
print(
    json.dumps(
        {
            "tool": "PyTorch",
            "version": torch.__version__,
            "command": "python test/goldens/make-layer-norm-goldens.py > test/goldens/layer-norm.json",
            "cases": cases,
        }
    )
)
