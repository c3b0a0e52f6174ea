"""``PRESET=paper``: the whole of the paper's compression, stage by stage.

    sparse      ResNet50 from random weights with the L1 term, small films
    sparse-224  the same weights at full size
    for each rate of the table:
      tuned-R   pruned, made ghosts, fine-tuned
      control-R the same shape from random weights, for as many steps

Every stage is a run of its own with its own checkpoint: killed, it goes on
where it was. ``table.py`` measures those that have come to their end.
``python -m pneumotrain.paper.run --seed 1``
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from .. import films as film_list, preprocess
from ..network import Shape, Trainee
from ..presets import Preset
from ..train import Material, load_material, normalisation, run, trained_network
from .ghost import ghost
from .network import PaperNet
from .prune import prune, sparsity
from .rates import RATES, widths

SPARSITY = 1e-4
"""Weight of the L1 term (Liu et al., Network Slimming, ICCV 2017)."""

PARTS = ("tuned", "control")

Widths = Sequence[Tuple[int, int]]


@dataclass(frozen=True)
class Plan:
    """Lengths of the stages, and a divisor of all widths for tests."""

    sparse: Preset
    sparse_full: Preset
    tuned: Preset
    rates: Tuple[int, ...] = tuple(sorted(RATES, reverse=True))  # the paper's 90 % first
    scale: int = 1

    def preset(self, stage: str) -> Preset:
        """What a stage trains by, by its name."""
        return {"sparse": self.sparse, "sparse-224": self.sparse_full}.get(stage, self.tuned)

    def widths(self, rate: int) -> Widths:
        """Inner widths at a rate, divided by the scale."""
        return tuple((max(1, a // self.scale), max(1, b // self.scale)) for a, b in widths(rate))


_BASE = Preset("paper", Shape(), (), batch=64, learning_rate=1.5e-3, checkpoint_every=50, mixup=0.0, dropout=0.0)
NIGHT = Plan(
    sparse=replace(_BASE, schedule=((64, 700), (96, 600), (128, 220))),
    sparse_full=replace(_BASE, schedule=((224, 30),), learning_rate=3e-4, ema=0.95),
    tuned=replace(_BASE, schedule=((64, 400), (96, 800), (128, 250), (224, 40)), learning_rate=1e-3, ema=0.98),
)


def stage_network(name: str, plan: Plan = NIGHT) -> PaperNet:
    """An untrained network of the shape that a stage trains, by the stage's name."""
    kind, _, rate = name.partition("-")
    if kind == "sparse":
        return PaperNet(plan.widths(0), scale=plan.scale)
    return PaperNet(plan.widths(int(rate)), ghost=True, scale=plan.scale)


def as_start(net: PaperNet, seed: int) -> Dict[str, Tensor]:
    """Weights of a trainee that begins with ``net``; its auxiliary heads are new."""
    torch.manual_seed(seed)
    return Trainee(net, len(film_list.FINDINGS)).state_dict()


def calibration_films(material: Material, norm: Tuple[float, float], size: int) -> Tensor:
    """A few training films for fitting ghosts: as many of each domain and label as come first."""
    chosen: List[int] = []
    for domain in sorted({f.domain for f in material.films}):
        for label in (0, 1):
            chosen += [i for i, f in enumerate(material.films) if (f.domain, f.label) == (domain, label)][:8]
    prepared = np.stack([preprocess.resize(material.prepared[i], size) for i in chosen])
    return torch.from_numpy(preprocess.normalise(prepared, *norm))


def pipeline(plan: Plan, material: Material, folder: Path, parts: Sequence[str] = PARTS) -> None:
    """All stages, each from wherever its checkpoint stands.

    parts: ``tuned`` and its controls may run side by side, in processes of their own.
    """
    norm = normalisation(material)

    def stage(name: str, start: Optional[PaperNet], l1: bool = False) -> PaperNet:
        print(f"stage {name}", flush=True)
        preset = plan.preset(name)
        state = run(
            preset, material, folder / name, build=lambda: stage_network(name, plan),
            start=None if start is None else as_start(start, preset.seed),
            penalty=(lambda net: SPARSITY * sparsity(net)) if l1 else None,
        )
        return trained_network(state["averaged"], stage_network(name, plan))[0]

    if "tuned" in parts:
        sparse = stage("sparse", None, l1=True)
        sparse = stage("sparse-224", sparse, l1=True)
    for rate in plan.rates:
        if "tuned" in parts:
            pruned = prune(sparse, plan.widths(rate))
            films = calibration_films(material, norm, plan.tuned.schedule[0][0])
            stage(f"tuned-{rate}", ghost(pruned, films, plan.tuned.seed))
        if "control" in parts:
            stage(f"control-{rate}", None)


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=PARTS, help="ResNet50 and what is pruned from it, or the controls, so that both can run at once")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    plan = replace(
        NIGHT,
        sparse=replace(NIGHT.sparse, seed=options.seed),
        sparse_full=replace(NIGHT.sparse_full, seed=options.seed),
        tuned=replace(NIGHT.tuned, seed=options.seed),
    )
    folder = film_list.cache_root() / f"paper-seed{options.seed}"
    folder.mkdir(exist_ok=True)
    pipeline(plan, load_material(), folder, (options.only,) if options.only else PARTS)


if __name__ == "__main__":
    main()
