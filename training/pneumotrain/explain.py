"""Does the activation map point at what the network uses?

Over the validation films, the tenth of the map that argues most for the call
is hidden (the highest weights where the probability is above a half, the
lowest where it is below), and then an area of the same shape somewhere else
(the same mask, shifted round the film at random). If the map means anything,
the first moves the probability more. ``python -m pneumotrain.explain``
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import numpy as np

from . import films as film_list, metrics, preprocess
from .predict import ASSETS, Model

HIDDEN = 0.10
SHIFTS = 4
COARSE = 7


def hide(film: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The film [224, 224] with the cells [h, w] replaced by a very blurred film."""
    blurred = preprocess.resize(preprocess.resize(film, COARSE), film.shape[0])
    mask = np.kron(cells, np.ones((film.shape[0] // cells.shape[0], film.shape[1] // cells.shape[1]), bool))
    return np.where(mask, blurred, film)


def measure(model: Model, prepared: np.ndarray, seed: int = 5) -> Dict[str, Any]:
    """Movement of the probability for the weightiest cells and for shifted masks, over films."""
    rng = np.random.default_rng(seed)
    outputs = model.run(prepared)
    p = model.calibration.probability(outputs.logits)
    hidden, shifted = [], []
    for film, cam in zip(prepared, np.where(p < 0.5, -1, 1)[:, None, None] * outputs.maps):
        count = round(HIDDEN * cam.size)
        cells = np.zeros(cam.size, bool)
        cells[np.argsort(-cam.ravel(), kind="stable")[:count]] = True
        cells = cells.reshape(cam.shape)
        hidden.append(hide(film, cells))
        for _ in range(SHIFTS):
            offset = rng.integers(0, cam.shape[0]), rng.integers(1, cam.shape[1])
            shifted.append(hide(film, np.roll(cells, offset, (0, 1))))
    moved = np.abs(model.calibration.probability(model.run(np.stack(hidden)).logits) - p)
    random = np.abs(
        model.calibration.probability(model.run(np.stack(shifted)).logits).reshape(len(p), SHIFTS) - p[:, None]
    ).mean(1)
    return {
        "hidden_share": HIDDEN,
        "moved_by_weightiest": metrics.figure_with_interval(lambda v: float(np.mean(v)), moved),
        "moved_by_shifted": metrics.figure_with_interval(lambda v: float(np.mean(v)), random),
        "weightiest_moves_more": metrics.figure_with_interval(lambda a, b: float(np.mean(a > b)), moved, random),
    }


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=ASSETS / "model.onnx")
    options = parser.parse_args(arguments)
    root = film_list.data_root()
    films = film_list.load_films(root, "val")
    prepared = np.array(film_list.cached_films(root, films, film_list.cache_root()))
    print(json.dumps(measure(Model(options.model), prepared), indent=2))


if __name__ == "__main__":
    main()
