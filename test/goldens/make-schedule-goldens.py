"""
Golden values of learning rate schedules: torch.optim.lr_scheduler, float64, on the CPU.

Run      python3 test/goldens/make-schedule-goldens.py    (PyTorch 2.13: pip install torch==2.13.0 numpy)
Writes   test/goldens/schedules.json

The optimizer's learning rate is 1, so PyTorch's rates are the shares. "by": what PyTorch's scheduler is stepped after, a step or an
epoch; the shares are those of every step, or of every epoch's first.

OneCycleLR  Its max_lr is ours times 1; div_factor = 1 / start, final_div_factor = start / end.
1/t         PyTorch has none: LambdaLR with the formula.
Warm-up     LinearLR from 1 / (w + 1) over w steps, then the schedule, by SequentialLR with milestone w.
"""

import json
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as lr

warnings.filterwarnings("ignore", message="The epoch parameter in")  # SequentialLR's own use of it
torch.set_default_dtype(torch.float64)


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


def case(schedule, options, make, by="step", steps=60, steps_per_epoch=6, warmup=0):
    opt = optimizer()
    scheduler = make(opt)
    if warmup:
        ramp = lr.LinearLR(opt, start_factor=1 / (warmup + 1), total_iters=warmup)
        scheduler = lr.SequentialLR(opt, [ramp, scheduler], milestones=[warmup])
    shares = []
    for _ in range(steps if by == "step" else steps // steps_per_epoch):
        shares.append(opt.param_groups[0]["lr"])
        opt.step()
        scheduler.step()
    return {
        "schedule": schedule, "options": options, "by": by, "steps": steps, "stepsPerEpoch": steps_per_epoch,
        "warmup": warmup, "shares": shares,
    }


def plateau(options, goal, scores):
    opt = optimizer()
    scheduler = lr.ReduceLROnPlateau(
        opt, mode=goal, factor=options.get("factor", 0.1), patience=options.get("patience", 10),
        threshold=options.get("threshold", 1e-4), cooldown=options.get("cooldown", 0), min_lr=options.get("end", 0), eps=0,
    )
    shares = []
    for score in scores:
        scheduler.step(score)
        shares.append(opt.param_groups[0]["lr"])
    return {"options": options, "goal": goal, "scores": scores, "shares": shares}


def one_cycle(steps, rise=0.3, start=0.04, end=4e-6):
    return lambda opt: lr.OneCycleLR(
        opt, max_lr=1.0, total_steps=steps, pct_start=rise, div_factor=1 / start, final_div_factor=start / end,
        cycle_momentum=False,
    )


# None lies on a threshold, where rounding decides.
falling = [1 / (1 + 0.3 * i) for i in range(8)] + [0.3 - 1.13e-5 * i for i in range(10)] + [0.29] * 12 + [0.1] + [0.2] * 20
rising = [1 - s for s in falling]

made = {
    "tool": "PyTorch, torch.optim.lr_scheduler, float64, CPU",
    "version": torch.__version__,
    "command": "python3 test/goldens/make-schedule-goldens.py",
    "cases": [
        case("constant", {}, lambda opt: lr.ConstantLR(opt, factor=1.0)),
        case("step", {"every": 3}, lambda opt: lr.StepLR(opt, 3), by="epoch"),
        case("step", {"every": 2, "factor": 0.5}, lambda opt: lr.StepLR(opt, 2, 0.5), by="epoch"),
        case("step", {"every": 7, "factor": 0.8, "unit": "steps"}, lambda opt: lr.StepLR(opt, 7, 0.8)),
        case("exponential", {}, lambda opt: lr.ExponentialLR(opt, 0.95), by="epoch"),
        case("exponential", {"factor": 0.9, "unit": "steps"}, lambda opt: lr.ExponentialLR(opt, 0.9)),
        case("inverseTime", {}, lambda opt: lr.LambdaLR(opt, lambda t: 1 / (1 + t)), by="epoch"),
        case("inverseTime", {"decay": 0.05, "unit": "steps"}, lambda opt: lr.LambdaLR(opt, lambda t: 1 / (1 + 0.05 * t))),
        case("cosine", {}, lambda opt: lr.CosineAnnealingLR(opt, T_max=60)),
        case("cosine", {"end": 0.1}, lambda opt: lr.CosineAnnealingLR(opt, T_max=60, eta_min=0.1)),
        case("polynomial", {}, lambda opt: lr.PolynomialLR(opt, total_iters=60)),
        case("polynomial", {"power": 2}, lambda opt: lr.PolynomialLR(opt, total_iters=60, power=2)),
        case("polynomial", {"power": 0.9}, lambda opt: lr.PolynomialLR(opt, total_iters=60, power=0.9)),
        case("oneCycle", {}, one_cycle(60)),
        case("oneCycle", {"rise": 0.25, "start": 0.1, "end": 0.001}, one_cycle(37, 0.25, 0.1, 0.001), steps=37),
        case("constant", {}, lambda opt: lr.ConstantLR(opt, factor=1.0), warmup=5),
        case("cosine", {"end": 0.01}, lambda opt: lr.CosineAnnealingLR(opt, T_max=50, eta_min=0.01), warmup=10),
        case("step", {"every": 7, "unit": "steps"}, lambda opt: lr.StepLR(opt, 7), warmup=4),
        case("exponential", {"factor": 0.9, "unit": "steps"}, lambda opt: lr.ExponentialLR(opt, 0.9), warmup=1),
    ],
    "plateaus": [
        plateau(options, goal, scores)
        for goal, scores in (("min", falling), ("max", rising))
        for options in (
            {}, {"patience": 0, "factor": 0.5}, {"patience": 2, "cooldown": 3, "factor": 0.5},
            {"patience": 3, "threshold": 0.05, "factor": 0.5, "end": 0.03}, {"patience": 1, "threshold": 0, "cooldown": 1},
        )
    ],
}

Path(__file__).with_name("schedules.json").write_text(json.dumps(made) + "\n")
