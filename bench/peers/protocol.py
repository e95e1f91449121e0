"""How a Python peer talks to bench/race.ts: one JSON line when it is ready, then one for each window that it is asked for."""
import json
import sys
import time


def serve(info, step):
    """info: what the peer is; step(i): one training step, done when it returns."""
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 1.2 or count < 5:
        step(count)
        count += 1
    per_step = (time.perf_counter() - start) / count
    print(json.dumps(info), flush=True)
    for line in sys.stdin:
        steps = max(3, round(float(line) / 1000 / per_step))
        start = time.perf_counter()
        for _ in range(steps):
            step(count)
            count += 1
        per_step = (time.perf_counter() - start) / steps
        print(json.dumps({"stepsPerSecond": 1 / per_step}), flush=True)
