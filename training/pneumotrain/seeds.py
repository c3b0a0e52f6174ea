"""The same recipe with several seeds: how far the figures move, and whether ResNet50 is better.

Takes whatever seeds have come to their end. AUC per seed and their spread; the
mean over seeds of a recipe less that of ResNet50, paired over films. And what
each domain costs the other: runs on one domain alone beside the one on both,
at the last step at which all three were watched.
``python -m pneumotrain.seeds`` adds it to ``assets/metrics.json`` and to the card.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import torch

from . import card, checkpoint, films as film_list, metrics
from .compare import exported, load
from .paper.run import NIGHT
from .predict import ASSETS
from .presets import PRESETS
from .release import write_json
from .train import Material, load_material, normalisation, references, run_folder

RECIPES = ("lean", "lean-refined")
ALONE = ("kermany-alone", "nih-alone")
RESNET50 = "paper/sparse-224"
SEEDS = range(1, 10)
COSTS_SEED = 2
"""Seed 1 of the run on both domains had a schedule of its own."""


def finished(recipe: str, cache: Path) -> List[int]:
    """Seeds of a preset, or of a stage of the paper's run, that have come to their end."""
    found = []
    for seed in SEEDS:
        if recipe in PRESETS:
            preset = replace(PRESETS[recipe], seed=seed)
            folder, steps = run_folder(preset, cache), preset.steps
        else:
            stage = recipe[len("paper/"):]
            folder, steps = cache / f"paper-seed{seed}" / stage, NIGHT.preset(stage).steps
        state = checkpoint.load(folder / "last.pt")
        if state is not None and state["step"] >= steps:
            found.append(seed)
    return found


def mean_auc(labels: np.ndarray, *logits: np.ndarray) -> float:
    """Mean over networks of their AUC on the same films."""
    return float(np.mean([metrics.auc(labels, one) for one in logits]))


def measure(material: Material, cache: Path, recipes: Sequence[str] = RECIPES) -> Dict[str, Any]:
    """AUC by recipe and seed with its spread, and against ResNet50 where one has been trained."""
    norm = normalisation(material)
    prepared = np.array(material.watch_prepared)
    labels = np.array([f.label for f in material.watch_films])
    parts = references(material.watch_films)
    logits = {
        recipe: {seed: exported(load(f"{recipe}:{seed}", cache)).run(prepared, norm, batch=8).logits
                 for seed in finished(recipe, cache)}
        for recipe in (*recipes, RESNET50)
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


def domain_costs(cache: Path, both: str = RECIPES[0], alone: Sequence[str] = ALONE, seed: int = COSTS_SEED) -> Dict[str, Any]:
    """AUC on the validation films of runs on both domains and on one, at equal steps of the same schedule; empty without them."""
    histories = {}
    for name in (both, *alone):
        state = checkpoint.load(run_folder(replace(PRESETS[name], seed=seed), cache) / "last.pt")
        histories[name] = {} if state is None else {seen["step"]: seen for seen in state["history"]}
    common = set.intersection(*(set(h) for h in histories.values()))
    if not common:
        return {}
    step = max(common)
    return {
        "step": step,
        "auc": {name: {k: v for k, v in h[step].items() if k not in ("step", "loss")} for name, h in histories.items()},
    }


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, default=ASSETS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    document = json.loads((options.assets / "metrics.json").read_text(encoding="utf-8"))
    cache = film_list.cache_root()
    document["seeds"] = {**measure(load_material(), cache), "domain_costs": domain_costs(cache)}
    write_json(options.assets / "metrics.json", document)
    card.write(options.assets)


if __name__ == "__main__":
    main()
