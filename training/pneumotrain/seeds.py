"""The same recipe with several seeds: how far the figures move, and whether ResNet50 is better.

Takes whatever seeds have come to their end, on this machine or another
(``records.py``). AUC per seed and their spread; the mean over seeds of a
recipe less that of ResNet50, paired over films. And what each domain costs the
other: runs on one domain alone beside the one on both, at the last step at
which all three were watched.
``python -m pneumotrain.seeds`` adds it to ``assets/metrics.json`` and to the card.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import numpy as np
import torch

from . import card, films as film_list, metrics, records
from .films import Film
from .predict import ASSETS
from .records import Record
from .release import write_json
from .train import load_material, references

RECIPES = ("lean-half", "lean-distilled")
ALONE = ("kermany-alone", "nih-alone")
RESNET50 = records.PAPER + "sparse-224"


def mean_auc(labels: np.ndarray, *logits: np.ndarray) -> float:
    """Mean over networks of their AUC on the same films."""
    return float(np.mean([metrics.auc(labels, one) for one in logits]))


def measure(films: Sequence[Film], runs: Sequence[Record], recipes: Sequence[str] = RECIPES) -> Dict[str, Any]:
    """AUC by recipe and seed with its spread, and against ResNet50 where one has been trained."""
    labels = np.array([f.label for f in films])
    parts = references(films)
    logits = {
        recipe: {r.seed: r.logits for r in runs if r.run == recipe and r.finished} for recipe in (*recipes, RESNET50)
    }
    result: Dict[str, Any] = {"command": "python -m pneumotrain.seeds", "recipes": {}, "less_resnet50": {}}
    for recipe, by_seed in logits.items():
        auc = {n: [metrics.auc(labels[m], one[m]) for one in by_seed.values()] for n, m in parts.items()}
        if by_seed:
            result["recipes"][recipe] = {
                "seeds": list(by_seed), "auc": auc,
                "deviation": {n: float(np.std(v, ddof=1)) if len(v) > 1 else None for n, v in auc.items()},
            }
    resnets = list(logits.pop(RESNET50).values())
    for recipe, by_seed in logits.items():
        if by_seed and resnets:
            own = list(by_seed.values())
            result["less_resnet50"][recipe] = {
                n: metrics.figure_with_interval(
                    lambda y, *x: mean_auc(y, *x[:len(own)]) - mean_auc(y, *x[len(own):]),
                    labels[m], *(one[m] for one in own + resnets),
                )
                for n, m in parts.items()
            }
    return result


def domain_costs(runs: Sequence[Record], both: str = RECIPES[0], alone: Sequence[str] = ALONE) -> Dict[str, Any]:
    """AUC on the validation films of runs on both domains and on one, at equal steps of the same schedule; empty without them.

    Of the seeds that all of them have, the first.
    """
    seeds = set.intersection(*({r.seed for r in runs if r.run == name} for name in (both, *alone)))
    if not seeds:
        return {}
    seed = min(seeds)
    histories = {r.run: {seen["step"]: seen for seen in r.history} for r in runs if r.seed == seed and r.run in (both, *alone)}
    common = set.intersection(*(set(h) for h in histories.values()))
    if not common:
        return {}
    step = max(common)
    return {
        "seed": seed, "step": step,
        "auc": {name: {k: v for k, v in h[step].items() if k not in ("step", "loss")} for name, h in histories.items()},
    }


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, default=ASSETS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    document = json.loads((options.assets / "metrics.json").read_text(encoding="utf-8"))
    material = load_material()
    runs = records.refresh(material, film_list.cache_root())
    document["seeds"] = {**measure(material.watch_films, runs), "domain_costs": domain_costs(runs)}
    write_json(options.assets / "metrics.json", document)
    card.write(options.assets)


if __name__ == "__main__":
    main()
