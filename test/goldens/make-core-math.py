"""
Golden values of src/core/math.ts: the exact function of a float64, computed with 1400 bits and rounded once to float64.

Run      python3 test/goldens/make-core-math.py    (Python 3.9 or newer, mpmath 1.3: pip install mpmath==1.3.0)
Writes   test/goldens/core-math.json
"""

import json
import math
import platform
import random
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.prec = 1400  # sin(1e308) needs 1024 bits to find its angle
rng = random.Random(20261122)
COUNT = 200


def to_float(value):
    """The float64 nearest to value; mpmath's own conversion rounds subnormal numbers twice."""
    if value == 0:
        return 0.0
    exponent = int(mpmath.floor(mpmath.log(abs(value), 2)))
    ulp = mpf(2) ** (max(exponent, -1022) - 52)
    return float(mpmath.nint(value / ulp)) * float(ulp) if exponent < 1000 else float(value)


def spread(low, high):
    return [rng.uniform(low, high) for _ in range(COUNT // 4)]


def magnitudes(low, high, signed=True):
    return [(rng.choice([-1, 1]) if signed else 1) * 10.0 ** rng.uniform(low, high) for _ in range(COUNT // 4)]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


points = {
    "exp": spread(-1, 1) + spread(-745, 709.7) + magnitudes(-300, 2) + spread(-745, -700)
    + [5e-324, -5e-324, 709.782712893384, -745.133219101941, -708.3964185322641, 0.34657359027997264],
    "log": spread(0.5, 2) + magnitudes(-308, 308, False) + [1 + x for x in magnitudes(-16, -1)]
    + [5e-324 * rng.randrange(1, 2**rng.randrange(2, 51)) for _ in range(COUNT // 4)]
    + [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.7071067811865475, 1.4142135623730951],
    "tanh": spread(-0.6, 0.6) + spread(-22, 22) + magnitudes(-300, 0) + spread(0.5, 0.6) + [5e-324, -5e-324, 1e308],
    "sigmoid": spread(-1, 1) + spread(-745, 40) + magnitudes(-20, 2) + spread(-40, 40) + [5e-324, 1e308],
    "sin": spread(-1, 1) + spread(-10, 10) + magnitudes(0, 6) + magnitudes(6, 308)
    + [math.pi * k / 2 for k in range(1, 30)] + [5e-324, 1e6, 1000000.5, 1.7976931348623157e308, 5.319372648326541e255],
    "cos": spread(-1, 1) + spread(-10, 10) + magnitudes(0, 6) + magnitudes(6, 308)
    + [math.pi * k / 2 for k in range(1, 30)] + [5e-324, 1e6, 1000000.5, 1.7976931348623157e308, 5.319372648326541e255],
}

made = {name: [[x, to_float(getattr(mpmath, name, None)(mpf(x)) if name != "sigmoid" else sigmoid(mpf(x)))] for x in xs]
        for name, xs in points.items()}

pow_points = []
while len(pow_points) < COUNT:
    x = 10.0 ** (rng.uniform(-300, 300) if rng.random() < 0.5 else rng.uniform(-0.5, 0.5))
    y = rng.uniform(-700, 700) / math.log(x)
    pow_points.append((x, y))
pow_points += [(0.9, 1000.0), (0.999, 100000.0), (0.9, 7.0), (1.1, 64.0), (1.1, 65.0), (-1.5, 3.0), (-1.5, -101.0), (2.0, 0.5)]
pow_points += [(1 + 2.0**-52, 3e18), (1 - 2.0**-53, 6e18), (1e160, -2.0), (3e-308, 1.01), (5e-324, 0.5)]
made["pow"] = [[x, y, to_float(mpf(x) ** mpf(y))] for x, y in pow_points]

added = {
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)),
                 spread(-1, 1) + spread(-745, 40) + spread(-40, 40) + magnitudes(-300, 300) + [5e-324, -5e-324, 1e308]),
    "erf": (mpmath.erf, spread(-1, 1) + spread(0.7, 2.5) + spread(-7, 7) + magnitudes(-300, 0)
            + [0.75, 1.25, 1.75, 2.25, 6.0, 5e-324, -5e-324, 2.5e-308, 1e308]),
}
for name, (function, xs) in added.items():
    made[name] = [[x, to_float(function(mpf(x)))] for x in xs]

target = Path(__file__).with_name("core-math.json")
header = {
    "made by": "python3 test/goldens/make-core-math.py",
    "tool": f"mpmath {mpmath.__version__}, Python {platform.python_version()}, 1400 bits, rounded once to float64",
    "points": "[x, f(x)], for pow [x, y, x^y]",
}
body = ",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(p) for p in ps) + "\n]" for name, ps in made.items())
target.write_text(json.dumps(header, indent=2)[:-2] + ",\n" + body + "\n}\n")
