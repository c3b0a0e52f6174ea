"""Trained networks against each other, on the same validation films.

AUC by domain and reference, what is left of it where only the borders are
seen, how far a mirror image and a film's original size move the probability,
and whether the mean of a film's and its mirror image's logit is better than
the film's own. Differences have paired bootstrap intervals over films.
``python -m pneumotrain.compare lean-refined:1 lean:1 paper/sparse-224:1`` names
presets, or stages of the paper's run, with their seeds; a third number is the
share of a refined run's weights where it is not the preset's. The others are
taken from the first.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import nn

from . import calibrate, checkpoint, films as film_list, metrics, preprocess, shortcuts
from .films import Film
from .network import LeanNet
from .paper.run import stage_network
from .presets import PRESETS
from .records import exported
from .train import Material, finished_weights, load_material, normalisation, references, trained_network


class Judged(NamedTuple):
    """What a network says of the validation films, as logits [N]."""

    straight: np.ndarray
    mirrored: np.ndarray
    borders: np.ndarray
    copies: np.ndarray  # of the films whose originals follow
    originals: np.ndarray


def load(name: str, cache: Path) -> nn.Module:
    """The network that a run would release, from its checkpoint."""
    run, seed, *share = name.split(":")
    if run.startswith("paper/"):
        stage = run[len("paper/"):]
        state = checkpoint.load(cache / f"paper-seed{seed}" / stage / "last.pt")
        if state is None:
            raise FileNotFoundError(f"no checkpoint of {name}: train first")
        return trained_network(state["averaged"], stage_network(stage))[0]
    preset = replace(PRESETS[run], seed=int(seed))
    if share:
        preset = replace(preset, blend=float(share[0]))
    weights, _ = finished_weights(preset, cache)
    return trained_network(weights, LeanNet(preset.shape))[0]


def judge(net: nn.Module, material: Material, norm: Tuple[float, float], root: Path) -> Judged:
    """Run a network, as the program would, on everything that is compared."""
    with tempfile.TemporaryDirectory() as scratch:
        model = exported(net, Path(scratch) / "model.onnx")
    prepared = np.array(material.watch_prepared)
    paired = [i for i, f in enumerate(material.watch_films) if f.original]
    originals = [
        preprocess.prepare(preprocess.load_grey(root / "kermany" / material.watch_films[i].original)) for i in paired
    ]
    straight, mirrored, borders, of_originals = (
        model.run(f, norm).logits
        for f in (prepared, prepared[:, :, ::-1], shortcuts.borders_alone(prepared), np.stack(originals))
    )
    return Judged(straight, mirrored, borders, straight[paired], of_originals)


def _calibrated(logits: np.ndarray, films: Sequence[Film]) -> calibrate.Calibration:
    return calibrate.fit(logits, np.array([f.label for f in films]), np.array([f.domain for f in films]))


def averaging(straight: np.ndarray, mirrored: np.ndarray, films: Sequence[Film]) -> Dict[str, Any]:
    """AUC and Brier score of the mean with the mirror image's logit less those of the film's own, each calibrated."""
    labels = np.array([f.label for f in films])
    mean = (straight + mirrored) / 2
    p, q = _calibrated(straight, films).probability(straight), _calibrated(mean, films).probability(mean)
    return {
        figure.__name__: {n: metrics.paired_difference(figure, labels[m], q[m], p[m]) for n, m in references(films).items()}
        for figure in (metrics.auc, metrics.brier)
    }


def alone(judged: Judged, films: Sequence[Film]) -> Dict[str, Any]:
    """Figures of one network."""
    labels = np.array([f.label for f in films])
    parts = references(films)
    c = _calibrated(judged.straight, films)
    p, mirrored = c.probability(judged.straight), c.probability(judged.mirrored)
    return {
        "auc": {n: metrics.figure_with_interval(metrics.auc, labels[m], p[m]) for n, m in parts.items()},
        "brier": {n: metrics.figure_with_interval(metrics.brier, labels[m], p[m]) for n, m in parts.items()},
        "borders alone": {
            d: metrics.figure_with_interval(metrics.auc, labels[parts[d]], judged.borders[parts[d]]) for d in film_list.DOMAINS
        },
        "mirroring moves": {d: float(np.abs(p - mirrored)[parts[d]].mean()) for d in film_list.DOMAINS},
        "original size moves": float(np.abs(c.probability(judged.copies) - c.probability(judged.originals)).mean()),
        "mean with the mirror image, less the film alone": averaging(judged.straight, judged.mirrored, films),
    }


def difference(a: Judged, b: Judged, films: Sequence[Film]) -> Dict[str, Any]:
    """``a`` less ``b``, paired over films."""
    labels = np.array([f.label for f in films])
    parts = references(films)
    return {
        "auc": {n: metrics.paired_difference(metrics.auc, labels[m], a.straight[m], b.straight[m]) for n, m in parts.items()},
        "borders alone": {
            d: metrics.paired_difference(metrics.auc, labels[parts[d]], a.borders[parts[d]], b.borders[parts[d]])
            for d in film_list.DOMAINS
        },
    }


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", metavar="RUN", help="preset:seed or paper/stage:seed")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    root, cache, material = film_list.data_root(), film_list.cache_root(), load_material()
    norm = normalisation(material)
    judged = {name: judge(load(name, cache), material, norm, root) for name in options.runs}
    first = options.runs[0]
    print(json.dumps({
        "alone": {name: alone(j, material.watch_films) for name, j in judged.items()},
        f"{first} less": {n: difference(judged[first], judged[n], material.watch_films) for n in options.runs[1:]},
    }, indent=2))


if __name__ == "__main__":
    main()
