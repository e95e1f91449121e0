"""
How the first 30 trials of examples/c12-search.json learn, for three seeds: what pruners are tried on without training.

  python3 test/goldens/make-c12-curves.py [FOLDER]    (about two minutes on 2 cores)

Tool: osolgil search, whose curves are the same to the bit everywhere; with FOLDER/c12-SEED where such studies are already.
values: accuracies over 100 validation examples after each of 50 epochs, in percent; losses: of the training batches, 4 digits.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parents[2]
folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
seeds, trials = [1, 2, 3], 30


def curves(seed):
    out = folder / f"c12-{seed}"
    if not out.exists():
        command = ["npm", "run", "--silent", "osolgil", "--", "search", "examples/c12-search.json"]
        subprocess.run([*command, "--seed", str(seed), "--trials", str(trials), "--out", str(out), "--json"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    reports = [[] for _ in range(trials)]
    for line in map(json.loads, (out / "trials.jsonl").read_text().splitlines()):
        if line["type"] == "trial.reported" and line["number"] < trials:
            reports[line["number"]].append(line["report"])
    values = [" ".join(str(round(100 * one["value"])) for one in trial) for trial in reports]
    losses = [" ".join(f"{one['trainingLoss']:.4g}" for one in trial) for trial in reports]
    return {"seed": seed, "values": values, "losses": losses}


made = {"tool": "osolgil search 0.1.0", "command": "python3 test/goldens/make-c12-curves.py", "studies": [curves(seed) for seed in seeds]}
(root / "test/goldens/c12-curves.json").write_text(json.dumps(made, indent=1) + "\n")
