"""
Golden points of Sobol's sequence, unscrambled: scipy.stats.qmc.Sobol, which has Joe & Kuo's direction numbers.

Run      python3 test/goldens/make-sobol-goldens.py    (scipy 1.17: pip install scipy==1.17.1 numpy)
Writes   test/goldens/sobol.json

Coordinates as integers, value times 2^32, of some of the first 2^20 points in all 64 dimensions.
"""

import json
from pathlib import Path

import scipy
from scipy.stats import qmc

indices = [0, 1, 2, 3, 4, 5, 7, 12, 31, 64, 100, 255, 1000, 4095, 65537, 1048575]
points = []
for index in indices:
    engine = qmc.Sobol(64, scramble=False, bits=32)
    if index > 0:
        engine.fast_forward(index)
    points.append([int(round(x * 2**32)) for x in engine.random(1)[0]])

out = {"tool": f"scipy {scipy.__version__}", "command": "python3 test/goldens/make-sobol-goldens.py", "indices": indices, "points": points}
Path(__file__).with_name("sobol.json").write_text(json.dumps(out) + "\n")
