"""The shortcut test: what can be told without seeing lungs?

Simple classifiers that see only the borders of a film, or only a 16x16
thumbnail, are trained to tell the domain and the labels; then the shipped
network is given films of which only the borders are left.
``python -m pneumotrain.shortcuts``
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import numpy as np

from . import films as film_list, metrics, preprocess
from .films import Film
from .predict import ASSETS, Model

BORDER = 0.1
"""Width of the border that is seen, as a share of the side."""


def border_mask(size: int) -> np.ndarray:
    """True on the border."""
    width = round(size * BORDER)
    mask = np.ones((size, size), bool)
    mask[width:-width, width:-width] = False
    return mask


def borders_alone(prepared: np.ndarray) -> np.ndarray:
    """The films [N, S, S] with their inner part at its own mean grey."""
    mask = border_mask(prepared.shape[-1])
    return np.where(mask, prepared, prepared[:, ~mask].mean(1)[:, None, None]).astype(np.float32)


def glimpse(prepared: np.ndarray, kind: str) -> np.ndarray:
    """What a simple classifier sees [N, D]: ``border`` or ``thumbnail``."""
    if kind == "thumbnail":
        return np.stack([preprocess.resize(film, 16).ravel() for film in prepared])
    mask = border_mask(40)
    return np.stack([preprocess.resize(film, 40)[mask] for film in prepared])


def _told(train_x: np.ndarray, train_y: np.ndarray, x: np.ndarray, y: np.ndarray) -> Dict[str, float]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    classifier = HistGradientBoostingClassifier(max_iter=150, random_state=0, class_weight="balanced")
    classifier.fit(train_x, train_y)
    return metrics.figure_with_interval(metrics.auc, y, classifier.predict_proba(x)[:, 1])


def measure(
    model: Model, train: Sequence[Film], train_prepared: np.ndarray, films: Sequence[Film], prepared: np.ndarray
) -> Dict[str, Any]:
    """Validation AUCs of the glimpses, and of the network where only borders are left."""
    result: Dict[str, Any] = {}
    domains = {name: np.array([f.domain == "nih" for f in part]) for name, part in (("train", train), ("val", films))}
    labels = {name: np.array([f.label for f in part]) for name, part in (("train", train), ("val", films))}
    for kind in ("border", "thumbnail"):
        seen, unseen = glimpse(train_prepared, kind), glimpse(prepared, kind)
        result[kind] = {"domain": _told(seen, domains["train"].astype(int), unseen, domains["val"].astype(int))}
        for domain, is_nih in (("kermany", False), ("nih", True)):
            a, b = domains["train"] == is_nih, domains["val"] == is_nih
            result[kind][f"label in {domain}"] = _told(seen[a], labels["train"][a], unseen[b], labels["val"][b])
    logits = model.run(borders_alone(prepared)).logits
    result["network on borders alone"] = {
        f"label in {domain}": metrics.figure_with_interval(
            metrics.auc, labels["val"][domains["val"] == is_nih], logits[domains["val"] == is_nih]
        )
        for domain, is_nih in (("kermany", False), ("nih", True))
    }
    return result


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=ASSETS / "model.onnx")
    options = parser.parse_args(arguments)
    root, cache = film_list.data_root(), film_list.cache_root()
    parts = []
    for split in ("train", "val"):
        films = film_list.load_films(root, split)
        parts += [films, np.array(film_list.cached_films(root, films, cache))]
    print(json.dumps(measure(Model(options.model), *parts), indent=2))


if __name__ == "__main__":
    main()
