"""
Golden values of metrics: scikit-learn, float64.

Run      python3 test/goldens/make-metric-goldens.py    (scikit-learn 1.9: pip install scikit-learn==1.9.1 numpy)
Writes   test/goldens/metrics.json

Labels are all classes, whether they occur or not, and zero_division is 0.
topK     scikit-learn takes the last of equals: only of numbers that differ.
AUC      of each class against the rest, averaged over those that have examples and are not all; checked here against scikit-learn's
         own "ovr" where every class occurs. "scores": the outputs as they are, which may tie; "softmax": their probabilities.
RMSE     the root over all outputs, where root_mean_squared_error averages the outputs' roots; the same for one output.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics as m

generator = np.random.default_rng(20261123)


def classification(name, count, classes, ties, missing=()):
    """Outputs on a grid of eighths where they may tie; classes that never occur as targets are `missing`."""
    present = [c for c in range(classes) if c not in missing]
    targets = generator.choice(present, count)
    outputs = generator.normal(size=(count, classes)) + 1.5 * np.eye(classes)[targets]
    outputs = np.round(outputs * 8) / 8 if ties else outputs.astype(np.float32).astype(np.float64)
    if missing:
        outputs[:, missing[-1]] -= 50  # nor decided for
    decided = outputs.argmax(axis=1)
    labels = list(range(classes))
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    softmax = powers / powers.sum(axis=1, keepdims=True)

    def auc(scores):
        of = [c for c in (labels if classes > 2 else [1]) if 0 < (targets == c).sum() < count]
        return float(np.mean([m.roc_auc_score(targets == c, scores[:, c]) for c in of]))

    if classes > 2 and len(set(targets)) == classes:
        assert abs(auc(softmax) - m.roc_auc_score(targets, softmax, multi_class="ovr")) < 1e-15
    scores = outputs[:, 1] - outputs[:, 0] if classes == 2 else outputs
    common = {"labels": labels, "zero_division": 0.0}
    averages = {"macro": "macro", "micro": "micro", "none": None}

    def of_each(score):
        return {ours: np.asarray(score(targets, decided, average=theirs, **common)).tolist() for ours, theirs in averages.items()}

    return {
        "name": name, "classes": classes, "targets": targets.tolist(), "predictions": outputs.flatten().tolist(),
        "accuracy": m.accuracy_score(targets, decided),
        "topK": {} if ties else {str(k): m.top_k_accuracy_score(targets, scores, k=k, labels=labels) for k in (1, 2, 3) if k < classes},
        "precision": of_each(m.precision_score), "recall": of_each(m.recall_score), "f1": of_each(m.f1_score),
        # Ties of outputs need not be ties of what rounding makes of their probabilities.
        "auc": {"scores": auc(outputs), **({} if ties and classes > 2 else {"softmax": auc(softmax if classes > 2 else outputs - outputs[:, [0]])})},
        "confusionMatrix": m.confusion_matrix(targets, decided, labels=labels).tolist(),
    }


def regression(name, count, width, noise, constant=None):
    targets = generator.normal(size=(count, width)) * 3 + 100
    if constant is not None:
        targets[:, constant] = 0.125  # whose mean is exact
    outputs = targets + noise * generator.normal(size=(count, width))
    return {
        "name": name, "width": width, "targets": targets.flatten().tolist(), "predictions": outputs.flatten().tolist(),
        "meanAbsoluteError": m.mean_absolute_error(targets, outputs),
        "rootMeanSquaredError": float(np.sqrt(m.mean_squared_error(targets, outputs))),
        "rSquared": m.r2_score(targets, outputs),
    }


made = {
    "tool": "scikit-learn, float64",
    "version": sklearn.__version__,
    "command": "python3 test/goldens/make-metric-goldens.py",
    "classification": [
        classification("two classes", 60, 2, ties=False),
        classification("two classes with ties", 60, 2, ties=True),
        classification("three classes", 80, 3, ties=False),
        classification("three classes with ties", 80, 3, ties=True),
        classification("ten classes", 150, 10, ties=False),
        classification("six classes, two that never occur", 70, 6, ties=True, missing=(2, 4)),
        classification("few examples of many classes", 8, 12, ties=False),
    ],
    "regression": [
        regression("one output", 40, 1, 1.0),
        regression("three outputs", 30, 3, 2.0),
        regression("worse than the mean", 20, 2, 9.0),
        regression("targets that are all equal, missed", 10, 2, 1.0, constant=1),
        regression("targets that are all equal, met", 10, 2, 0.0, constant=0),
        regression("two examples", 2, 1, 0.5),
    ],
}

Path(__file__).with_name("metrics.json").write_text(json.dumps(made) + "\n")
