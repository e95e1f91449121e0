"""
Golden values of layers over images: convolution, pooling and batch normalisation per channel in PyTorch, float64, on the CPU.

Run      python3 test/goldens/make-image-goldens.py    (PyTorch 2.13: pip install torch==2.13.0 numpy)
Writes   test/goldens/images.json

Layout   PyTorch has images [N, C, H, W] and filters [F, C / groups, kh, kw]. The file has ours: [N, H, W, C] and
         [kh, kw, C / groups, F].
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(20261123)


def random(*shape):
    """Multiples of 1/256: float32 engines start from the same numbers, and the file stays short."""
    return torch.round(torch.randn(*shape, generator=generator) * 256) / 256


def flat(tensor):
    return tensor.detach().flatten().tolist()


def images(tensor):
    return flat(tensor.permute(0, 2, 3, 1))


def filters(tensor):
    return flat(tensor.permute(2, 3, 1, 0))


def geometry(kernel, stride=(1, 1), dilation=(1, 1), padding=(0, 0, 0, 0)):
    """Padding: top, bottom, left, right."""
    return {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}


def channels_last(shape):
    n, c, h, w = shape
    return [n, h, w, c]


def convolution(shape, count, windows, groups=1):
    x = random(*shape).requires_grad_()
    w = random(count, shape[1] // groups, *windows["kernel"]).requires_grad_()
    b = random(count).requires_grad_()
    top, bottom, left, right = windows["padding"]
    padded = F.pad(x, (left, right, top, bottom))
    y = F.conv2d(padded, w, b, stride=windows["stride"], dilation=windows["dilation"], groups=groups)
    g = random(*y.shape)
    y.backward(g)
    return {
        "geometry": windows, "groups": groups, "shape": channels_last(shape), "filters": count, "outputs": channels_last(y.shape),
        "x": images(x), "w": filters(w), "b": flat(b), "g": images(g),
        "y": images(y), "xGradient": images(x.grad), "wGradient": filters(w.grad), "bGradient": flat(b.grad),
    }


def pool(kind, shape, windows):
    x = random(*shape).requires_grad_()
    top, bottom, left, right = windows["padding"]
    assert top == bottom and left == right
    options = {"stride": windows["stride"], "padding": (top, left)}
    if kind == "max":
        y = F.max_pool2d(x, windows["kernel"], dilation=windows["dilation"], **options)
    else:
        y = F.avg_pool2d(x, windows["kernel"], **options)
    g = random(*y.shape)
    y.backward(g)
    return {
        "kind": kind, "geometry": windows, "shape": channels_last(shape), "outputs": channels_last(y.shape),
        "x": images(x), "g": images(g), "y": images(y), "xGradient": images(x.grad),
    }


def batch_norm(shape, momentum, eps):
    layer = torch.nn.BatchNorm2d(shape[1], eps=eps, momentum=1 - momentum)
    with torch.no_grad():
        layer.weight.copy_(random(shape[1]))
        layer.bias.copy_(random(shape[1]))
    steps = []
    for _ in range(2):
        x, g = (random(*shape) * 2 + 1).requires_grad_(), random(*shape)
        layer.zero_grad()
        y = layer(x)
        y.backward(g)
        steps.append({
            "x": images(x), "g": images(g), "y": images(y), "xGradient": images(x.grad),
            "gammaGradient": flat(layer.weight.grad), "betaGradient": flat(layer.bias.grad),
            "runningMean": flat(layer.running_mean), "runningVariance": flat(layer.running_var),
        })
    layer.eval()
    x, g = (random(*shape) * 2 + 1).requires_grad_(), random(*shape)
    layer.zero_grad()
    y = layer(x)
    y.backward(g)
    return {
        "momentum": momentum, "epsilon": eps, "shape": channels_last(shape),
        "gamma": flat(layer.weight), "beta": flat(layer.bias), "steps": steps,
        "evaluation": {
            "x": images(x), "g": images(g), "y": images(y), "xGradient": images(x.grad),
            "gammaGradient": flat(layer.weight.grad), "betaGradient": flat(layer.bias.grad),
        },
    }


made = {
    "tool": "PyTorch, float64, CPU",
    "version": torch.__version__,
    "command": "python3 test/goldens/make-image-goldens.py",
    "convolutions": [
        convolution((2, 1, 5, 6), 3, geometry([3, 3])),
        convolution((1, 3, 5, 4), 4, geometry([3, 2], [2, 1], padding=[1, 1, 0, 0])),
        convolution((2, 2, 6, 5), 2, geometry([2, 3], dilation=[2, 2], padding=[1, 1, 2, 2])),
        convolution((1, 4, 5, 5), 6, geometry([3, 3], [2, 2], padding=[0, 1, 0, 1]), groups=2),
        convolution((2, 3, 3, 4), 3, geometry([2, 2], padding=[1, 0, 0, 1]), groups=3),
        convolution((2, 3, 2, 3), 5, geometry([1, 1])),
    ],
    "pools": [
        pool("max", (2, 2, 4, 6), geometry([2, 2], [2, 2])),
        pool("max", (2, 3, 5, 4), geometry([3, 3], [2, 2], padding=[1, 1, 1, 1])),
        pool("max", (1, 2, 6, 7), geometry([2, 3], [1, 2], [2, 1])),
        pool("average", (2, 2, 4, 6), geometry([2, 2], [2, 2])),
        pool("average", (2, 3, 5, 4), geometry([3, 3], [2, 1], padding=[1, 1, 1, 1])),
    ],
    "batchNorms": [
        batch_norm((3, 4, 3, 2), 0.9, 1e-5),
        batch_norm((1, 2, 2, 3), 0.5, 1e-2),
    ],
}

Path(__file__).with_name("images.json").write_text(json.dumps(made) + "\n")
