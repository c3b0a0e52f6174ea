"""``PRESET=paper``: the whole of the paper's compression, stage by stage.

    sparse      ResNet50 from random weights with the L1 term, small films
    sparse-224  the same weights at full size
    for each rate of the table:
      tuned-R   pruned, made ghosts, fine-tuned
      control-R the same shape from random weights, for as many steps

Every stage is a run of its own with its own checkpoint: killed, it goes on
where it was. ``table.json`` in the cache folder holds what
the paper would show. ``python -m pneumotrain.paper.run --seed 1``
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from .. import export as onnx_file, films as film_list, metrics, preprocess
from ..network import Shape, Trainee
from ..predict import Model
from ..presets import Preset
from ..train import Material, load_material, normalisation, references, run
from .export import build
from .ghost import ghost
from .network import PaperNet, count
from .prune import prune, sparsity
from .rates import RATES, widths

SPARSITY = 1e-4
"""Weight of the L1 term (Liu et al., Network Slimming, ICCV 2017)."""

Widths = Sequence[Tuple[int, int]]


@dataclass(frozen=True)
class Plan:
    """Lengths of the stages, and a divisor of all widths for tests."""

    sparse: Preset
    sparse_full: Preset
    tuned: Preset
    rates: Tuple[int, ...] = tuple(sorted(RATES, reverse=True))  # the paper's 90 % first
    scale: int = 1

    def widths(self, rate: int) -> Widths:
        """Inner widths at a rate, divided by the scale."""
        return tuple((max(1, a // self.scale), max(1, b // self.scale)) for a, b in widths(rate))


_BASE = Preset("paper", Shape(), (), batch=64, learning_rate=1.5e-3, checkpoint_every=50, mixup=0.0, dropout=0.0)
NIGHT = Plan(
    sparse=replace(_BASE, schedule=((96, 1200), (128, 400))),
    sparse_full=replace(_BASE, schedule=((224, 100),), learning_rate=3e-4, ema=0.98),
    tuned=replace(_BASE, schedule=((96, 500), (128, 200), (224, 60)), learning_rate=1e-3, ema=0.99),
)


def weights_of(state: Dict[str, Any], net: PaperNet) -> PaperNet:
    """``net`` with the averaged weights of a run."""
    prefix = "net."
    net.load_state_dict({k[len(prefix):]: v for k, v in state["averaged"].items() if k.startswith(prefix)})
    return net


def as_start(net: PaperNet, seed: int) -> Dict[str, Tensor]:
    """Weights of a trainee that begins with ``net``; its auxiliary heads are new."""
    torch.manual_seed(seed)
    return Trainee(net, len(film_list.FINDINGS)).state_dict()


def measure(net: PaperNet, material: Material, folder: Path) -> Dict[str, Any]:
    """Counts, validation figures and one ONNX Runtime run's milliseconds, one thread, one film."""
    norm = normalisation(material)
    path = folder / "model.onnx"
    onnx_file.save(build(net), path)
    model = Model(path)
    films = material.watch_films
    labels = np.array([f.label for f in films])
    logits = model.run(np.array(material.watch_prepared), norm, batch=8).logits
    accuracy_at = {}
    for name, mask in references(films).items():
        cuts = np.unique(logits[mask])
        accuracy_at[name] = max(float(np.mean((logits[mask] >= c) == (labels[mask] == 1))) for c in cuts)
    one = preprocess.normalise(np.array(material.watch_prepared[0]), *norm)
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        model.session.run(["logit"], {"film": one})
        times.append(1000 * (time.perf_counter() - begun))
    return {
        **count(net), "milliseconds": float(np.median(times)),
        "auc": {n: metrics.figure_with_interval(metrics.auc, labels[m], logits[m]) for n, m in references(films).items()},
        "best_accuracy": accuracy_at,
    }


def calibration_films(material: Material, norm: Tuple[float, float], size: int) -> Tensor:
    """A few training films for fitting ghosts: as many of each domain and label as come first."""
    chosen: List[int] = []
    for domain in sorted({f.domain for f in material.films}):
        for label in (0, 1):
            chosen += [i for i, f in enumerate(material.films) if (f.domain, f.label) == (domain, label)][:8]
    prepared = np.stack([preprocess.resize(material.prepared[i], size) for i in chosen])
    return torch.from_numpy(preprocess.normalise(prepared, *norm))


def pipeline(plan: Plan, material: Material, folder: Path) -> Dict[str, Any]:
    """All stages; the table."""
    norm = normalisation(material)

    def stage(name: str, preset: Preset, build_net: Callable[[], PaperNet], start: Optional[PaperNet], l1: bool) -> PaperNet:
        print(f"stage {name}", flush=True)
        state = run(
            preset, material, folder / name, build=build_net,
            start=None if start is None else as_start(start, preset.seed),
            penalty=(lambda net: SPARSITY * sparsity(net)) if l1 else None,
        )
        return weights_of(state, build_net())

    def full() -> PaperNet:
        return PaperNet(plan.widths(0), scale=plan.scale)

    sparse = stage("sparse", plan.sparse, full, None, True)
    sparse = stage("sparse-224", plan.sparse_full, full, sparse, True)
    table: Dict[str, Any] = {"ResNet50": measure(sparse, material, folder / "sparse-224")}
    for rate in plan.rates:
        def shape(rate: int = rate) -> PaperNet:
            return PaperNet(plan.widths(rate), ghost=True, scale=plan.scale)

        pruned = prune(sparse, plan.widths(rate))
        films = calibration_films(material, norm, plan.tuned.schedule[0][0])
        begun = ghost(pruned, films, plan.tuned.seed)
        tuned = stage(f"tuned-{rate}", plan.tuned, shape, begun, False)
        table[f"pruned {rate} %, ghosts, tuned"] = measure(tuned, material, folder / f"tuned-{rate}")
        control = stage(f"control-{rate}", plan.tuned, shape, None, False)
        table[f"the same shape as {rate} %, from random weights"] = measure(control, material, folder / f"control-{rate}")
        (folder / "table.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    return table


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
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
    for name, row in pipeline(plan, load_material(), folder).items():
        print(f"{name}: {row['parameters']:,} parameters, {row['flops'] / 1e6:.1f} M, {row['milliseconds']:.1f} ms, "
              f"AUC {row['auc']['kermany']['value']:.3f} and {row['auc']['nih']['value']:.3f}")


if __name__ == "__main__":
    main()
