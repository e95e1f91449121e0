"""
Optuna's samplers on the functions of bench/search.ts.

  python3 optuna_search.py SAMPLER FUNCTION TRIALS SEED...    (pip install optuna scipy torch)

Prints a line of JSON: the best value for each seed, and the milliseconds of a trial.
"""

import json
import math
import subprocess
import sys
import time
import warnings
from pathlib import Path

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def branin(trial):
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    valley = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


WIDTHS = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def hartmann6(trial):
    point = [trial.suggest_float(name, 0, 1) for name in "abcdef"]
    apart = [sum(a * (x - p) ** 2 for a, x, p in zip(widths, point, centres)) for widths, centres in zip(WIDTHS, CENTRES)]
    return -sum(weight * math.exp(-r) for weight, r in zip([1, 1.2, 3, 3.2], apart))


class C12:
    """Trains in a process of Node, asked and answered by lines."""

    def __init__(self):
        script = Path(__file__).resolve().parents[1] / "c12.ts"
        self.node = subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, trial):
        point = {
            "optimizer.learningRate": trial.suggest_float("learningRate", 1e-6, 1e-2, log=True),
            "penalty.strength": trial.suggest_float("strength", 1e-8, 1e-4, log=True),
        }
        self.node.stdin.write(json.dumps(point) + "\n")
        self.node.stdin.flush()
        return float(self.node.stdout.readline())


FUNCTIONS = {"Branin": lambda: branin, "Hartmann 6": lambda: hartmann6, "C12": C12}
SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "TPE": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "GP": lambda seed: optuna.samplers.GPSampler(seed=seed),
}


def main():
    sampler, function, trials, *seeds = sys.argv[1:]
    objective = FUNCTIONS[function]()
    bests = []
    start = time.perf_counter()
    for seed in seeds:
        study = optuna.create_study(sampler=SAMPLERS[sampler](int(seed)))
        study.optimize(objective, n_trials=int(trials))
        bests.append(study.best_value)
    milliseconds = 1000 * (time.perf_counter() - start) / len(seeds) / int(trials)
    print(json.dumps({"version": optuna.__version__, "bests": bests, "milliseconds": milliseconds}))


main()
