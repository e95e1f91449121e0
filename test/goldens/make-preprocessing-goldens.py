"""Preprocessing in NumPy and scikit-learn, float64: fitted on some rows, applied to all of them.

python test/goldens/make-preprocessing-goldens.py > test/goldens/preprocessing.json
"""
import json

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.preprocessing import MinMaxScaler, StandardScaler

rng = np.random.default_rng(11)
rows, features, fitted = 40, 6, 30
mixing = rng.normal(size=(features, features))
x = rng.normal(size=(rows, features)) @ mixing * np.array([1, 10, 0.01, 1, 1000, 1]) + np.array([0, 5, 1, -3, 1e6, 0])
train = x[:fitted]
images = rng.integers(0, 256, size=(10, 4, 3, 3)).astype(np.float64)


def covariance_whitening(method, epsilon, components=None):
    mean = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((train - mean).T, bias=True))
    values, vectors = values[::-1][:components], vectors[:, ::-1][:, :components]
    pca = (x - mean) @ vectors / np.sqrt(values + epsilon)
    return pca if method == "pca" else pca @ vectors.T


def case(kind, options, result, data="table"):
    return {"kind": kind, "options": options, "data": data, "result": np.asarray(result).ravel().tolist()}


pca = PCA(n_components=4, whiten=True, svd_solver="full").fit(train)
cases = [
    case("standardise", {}, StandardScaler().fit(train).transform(x)),
    case("minMax", {}, MinMaxScaler().fit(train).transform(x)),
    case("minMax", {"low": -2, "high": 3}, MinMaxScaler(feature_range=(-2, 3)).fit(train).transform(x)),
    # scikit-learn divides the covariance by N - 1 and not by N.
    case("whiten", {"epsilon": 0, "components": 4}, pca.transform(x) * np.sqrt(fitted / (fitted - 1))),
    case("whiten", {"epsilon": 0.5}, covariance_whitening("pca", 0.5)),
    case("whiten", {"method": "zca", "epsilon": 1e-3}, covariance_whitening("zca", 1e-3)),
    case("meanImage", {}, images - images[:7].mean(axis=0), "images"),
    case("channelMean", {}, images - images[:7].mean(axis=(0, 1, 2)), "images"),
    case(
        "channelMean",
        {"std": True},
        (images - images[:7].mean(axis=(0, 1, 2))) / images[:7].std(axis=(0, 1, 2)),
        "images",
    ),
]
print(
    json.dumps(
        {
            "tool": "scikit-learn, NumPy in float64",
            "version": f"{sklearn.__version__}, {np.__version__}",
            "command": "python test/goldens/make-preprocessing-goldens.py > test/goldens/preprocessing.json",
            "table": {"shape": [features], "fitted": fitted, "values": x.ravel().tolist()},
            "images": {"shape": list(images.shape[1:]), "fitted": 7, "values": images.ravel().tolist()},
            "cases": cases,
        }
    )
)
