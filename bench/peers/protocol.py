"""How a Python peer talks to the race: one JSON line when it is ready, then one for each window that it is asked for."""
import json
import math
import sys
import time

WARM_UP_SECONDS = 1.2


def serve(info, step):
    """
    info: what the peer is, `threads` those that it really uses; step(i): one training step, done when it returns its loss, which
    may be anything that float() takes.
    """
    for count in range(3):  # The first steps compile; they say nothing of how many a window takes.
        step(count)
    start, count, steps = time.perf_counter(), 3, 0
    while time.perf_counter() - start < WARM_UP_SECONDS or steps < 3:
        loss = step(count)
        count += 1
        steps += 1
    per_step = (time.perf_counter() - start) / steps
    print(json.dumps({**info, "loss": float(loss) if math.isfinite(loss) else None}), flush=True)
    for line in sys.stdin:
        steps = max(1, round(float(line) / 1000 / per_step))
        start = time.perf_counter()
        for _ in range(steps):
            step(count)
            count += 1
        per_step = (time.perf_counter() - start) / steps
        print(json.dumps({"stepsPerSecond": 1 / per_step}), flush=True)
