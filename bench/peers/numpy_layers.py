"""
NumPy as a peer: python numpy_layers.py WORKLOAD THREADS.

A network as a textbook writes it: layers with forward and backward, convolutions by im2col; all in float32. WORKLOAD is what
forPeers of bench/workload.ts says of it, as JSON. Threads are those of NumPy's products, set by the environment before this starts.
"""
import json
import math
import os
import sys

import numpy as np
from data import batches
from protocol import serve

workload, threads = json.loads(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(0)


def he(fan_in, *shape):
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(math.sqrt(2 / fan_in))


class Affine:
    def __init__(self, inputs, units):
        self.parameters = [he(inputs, inputs, units), np.zeros(units, np.float32)]

    def forward(self, x):
        self.shape = x.shape
        self.x = x.reshape(len(x), -1)
        weight, bias = self.parameters
        return np.dot(self.x, weight) + bias

    def backward(self, d, needs_input):
        self.gradients = [np.dot(self.x.T, d), d.sum(axis=0)]
        return np.dot(d, self.parameters[0].T).reshape(self.shape) if needs_input else None


class Relu:
    parameters = []

    def forward(self, x):
        self.mask = x <= 0
        x[self.mask] = 0
        return x

    def backward(self, d, needs_input):
        d[self.mask] = 0
        return d


class Dropout:
    parameters = []

    def __init__(self, rate):
        self.rate = rate

    def forward(self, x):
        kept = rng.random(x.shape, dtype=np.float32) >= self.rate
        self.mask = kept * np.float32(1 / (1 - self.rate))
        return x * self.mask

    def backward(self, d, needs_input):
        return d * self.mask


class BatchNorm:
    """Over the rows of [rows, features]."""

    def __init__(self, features, momentum=0.9, epsilon=1e-5):
        self.parameters = [np.ones(features, np.float32), np.zeros(features, np.float32)]
        self.mean, self.variance = np.zeros(features, np.float32), np.ones(features, np.float32)
        self.momentum, self.epsilon = momentum, np.float32(epsilon)

    def forward(self, x):
        mean = x.mean(axis=0)
        self.centred = x - mean
        variance = np.mean(self.centred**2, axis=0)
        self.deviation = np.sqrt(variance + self.epsilon)
        self.normal = self.centred / self.deviation
        self.mean = self.momentum * self.mean + (1 - self.momentum) * mean
        self.variance = self.momentum * self.variance + (1 - self.momentum) * variance
        gamma, beta = self.parameters
        return gamma * self.normal + beta

    def backward(self, d, needs_input):
        self.gradients = [np.sum(self.normal * d, axis=0), d.sum(axis=0)]
        d_normal = self.parameters[0] * d
        d_centred = d_normal / self.deviation
        d_deviation = -np.sum(d_normal * self.centred / (self.deviation * self.deviation), axis=0)
        d_centred += (2 / len(d)) * self.centred * (0.5 * d_deviation / self.deviation)
        return d_centred - d_centred.sum(axis=0) / len(d)


def im2col(x, kernel, padding):
    """[N, C, H, W] to [N OH OW, C kernel kernel]: a row for each position of the window."""
    count, channels, height, width = x.shape
    rows, columns = height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)]) if padding else x
    windows = np.empty((count, channels, kernel, kernel, rows, columns), np.float32)
    for i in range(kernel):
        for j in range(kernel):
            windows[:, :, i, j] = padded[:, :, i : i + rows, j : j + columns]
    return windows.transpose(0, 4, 5, 1, 2, 3).reshape(count * rows * columns, -1)


def col2im(windows, shape, kernel, padding):
    """What im2col spread, added up where it came from."""
    count, channels, height, width = shape
    rows, columns = height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1
    windows = windows.reshape(count, rows, columns, channels, kernel, kernel).transpose(0, 3, 4, 5, 1, 2)
    x = np.zeros((count, channels, height + 2 * padding, width + 2 * padding), np.float32)
    for i in range(kernel):
        for j in range(kernel):
            x[:, :, i : i + rows, j : j + columns] += windows[:, :, i, j]
    return x[:, :, padding : padding + height, padding : padding + width]


class Convolution:
    """Stride 1, odd kernel; weight [filters, channels, kernel, kernel]."""

    def __init__(self, channels, filters, kernel, padding):
        fan_in = channels * kernel * kernel
        self.parameters = [he(fan_in, filters, channels, kernel, kernel), np.zeros(filters, np.float32)]
        self.kernel, self.padding = kernel, kernel // 2 if padding == "same" else 0

    def forward(self, x):
        self.shape = x.shape
        weight, bias = self.parameters
        self.windows = im2col(x, self.kernel, self.padding)
        self.flat = weight.reshape(len(weight), -1).T
        out = np.dot(self.windows, self.flat) + bias
        rows, columns = (extent + 2 * self.padding - self.kernel + 1 for extent in x.shape[2:])
        return out.reshape(len(x), rows, columns, -1).transpose(0, 3, 1, 2)

    def backward(self, d, needs_input):
        filters = d.shape[1]
        d = d.transpose(0, 2, 3, 1).reshape(-1, filters)
        d_weight = np.dot(self.windows.T, d).T.reshape(self.parameters[0].shape)
        self.gradients = [d_weight, d.sum(axis=0)]
        return col2im(np.dot(d, self.flat.T), self.shape, self.kernel, self.padding) if needs_input else None


class MaxPooling:
    """Windows of size x size beside each other; what is left over at the edges is dropped."""

    parameters = []

    def __init__(self, size):
        self.size = size

    def forward(self, x):
        size = self.size
        self.shape = x.shape
        count, channels, height, width = x.shape
        rows, columns = height // size, width // size
        cut = x[:, :, : rows * size, : columns * size].reshape(count, channels, rows, size, columns, size)
        windows = cut.transpose(0, 1, 2, 4, 3, 5).reshape(-1, size * size)
        self.largest = np.argmax(windows, axis=1)
        return windows[np.arange(len(windows)), self.largest].reshape(count, channels, rows, columns)

    def backward(self, d, needs_input):
        size = self.size
        count, channels, rows, columns = d.shape
        windows = np.zeros((d.size, size * size), np.float32)
        windows[np.arange(d.size), self.largest] = d.reshape(-1)
        windows = windows.reshape(count, channels, rows, columns, size, size).transpose(0, 1, 2, 4, 3, 5)
        out = np.zeros(self.shape, np.float32)
        out[:, :, : rows * size, : columns * size] = windows.reshape(count, channels, rows * size, columns * size)
        return out


class SoftmaxLoss:
    def forward(self, x, targets):
        shifted = x - x.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        self.probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
        self.targets = targets
        return -np.log(self.probabilities[np.arange(len(x)), targets] + np.float32(1e-7)).mean()

    def backward(self):
        d = self.probabilities
        d[np.arange(len(d)), self.targets] -= 1
        return d / np.float32(len(d))


class Sgd:
    def __init__(self, parameters, options):
        self.rate = options["learningRate"]

    def update(self, parameters, gradients):
        for parameter, gradient in zip(parameters, gradients):
            parameter -= self.rate * gradient


class Momentum:
    def __init__(self, parameters, options):
        self.rate, self.decay = options["learningRate"], options["decay"]
        self.velocities = [np.zeros_like(parameter) for parameter in parameters]

    def update(self, parameters, gradients):
        for parameter, gradient, velocity in zip(parameters, gradients, self.velocities):
            velocity *= self.decay
            velocity -= self.rate * gradient
            parameter += velocity


class Adam:
    def __init__(self, parameters, options):
        self.rate, self.steps = options["learningRate"], 0
        self.first = [np.zeros_like(parameter) for parameter in parameters]
        self.second = [np.zeros_like(parameter) for parameter in parameters]

    def update(self, parameters, gradients):
        self.steps += 1
        rate = self.rate * math.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for parameter, gradient, first, second in zip(parameters, gradients, self.first, self.second):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            parameter -= rate * first / (np.sqrt(second) + 1e-7)


def build(layers, shape):
    """The layers; shape is that of an example as the workload gives it, [values] or [height, width, channels]."""
    built = []
    for layer in layers:
        kind = layer["kind"]
        if kind == "dense":
            built.append(Affine(math.prod(shape), layer["units"]))
            shape = [layer["units"]]
        elif kind == "conv2d":
            kernel, padding = layer["kernel"], layer.get("padding", "valid")
            built.append(Convolution(shape[2], layer["filters"], kernel, padding))
            lost = 0 if padding == "same" else kernel - 1
            shape = [shape[0] - lost, shape[1] - lost, layer["filters"]]
        elif kind == "maxPool2d":
            size = layer.get("size", 2)
            built.append(MaxPooling(size))
            shape = [shape[0] // size, shape[1] // size, shape[2]]
        elif kind == "batchNorm":
            built.append(BatchNorm(shape[0]))
        elif kind == "dropout":
            built.append(Dropout(layer["rate"]))
        elif kind == "relu":
            built.append(Relu())
        else:
            sys.exit(f"numpy_layers.py has no layer {kind}")
    return built


network = build(workload["layers"], workload["input"])
parameters = [parameter for layer in network for parameter in layer.parameters]
loss = SoftmaxLoss()
optimizer = {"sgd": Sgd, "momentum": Momentum, "adam": Adam}[workload["optimizer"]["kind"]](parameters, workload["optimizer"])
inputs, targets = batches(workload)
strength = workload["l2"]


def step(i):
    x = inputs[i % len(inputs)]
    for layer in network:
        x = layer.forward(x)
    value = loss.forward(x, targets[i % len(targets)])
    if strength:
        weights = [layer.parameters[0] for layer in network if isinstance(layer, (Affine, Convolution))]
        value += sum(0.5 * strength * np.sum(weight**2) for weight in weights)
    d = loss.backward()
    for at in range(len(network) - 1, -1, -1):
        d = network[at].backward(d, at > 0)
    gradients = []
    for layer in network:
        if layer.parameters:
            if strength and isinstance(layer, (Affine, Convolution)):
                layer.gradients[0] += strength * layer.parameters[0]
            gradients.extend(layer.gradients)
    optimizer.update(parameters, gradients)
    return value


used = int(os.environ.get("OPENBLAS_NUM_THREADS", threads))
serve({"peer": f"numpy-{np.__version__}", "threads": used}, step)
