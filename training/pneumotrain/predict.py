"""Predict labelled films with an ONNX file and the Python preprocessing; no PyTorch.

``python -m pneumotrain.predict`` writes one line for every validation film of
both domains and for the films that also exist at their original size: what
the Go program is compared with, film by film.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import onnxruntime

from . import films as film_list, preprocess
from .calibrate import Calibration

ASSETS = Path(__file__).resolve().parents[2] / "assets"


class Outputs(NamedTuple):
    """Outputs of a model for N films."""

    logits: np.ndarray  # [N]
    maps: np.ndarray  # [N, h, w]
    features: np.ndarray  # [N, C]


class Model:
    """An ONNX file of ours with what its metadata says."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        described = self.session.get_modelmeta().custom_metadata_map.get("pneumolight")
        self.metadata: Dict[str, Any] = json.loads(described) if described else {}

    @property
    def calibration(self) -> Calibration:
        """Temperature and bias from the file."""
        found = self.metadata["calibration"]
        return Calibration(found["temperature"], found["bias"])

    def run(self, prepared: np.ndarray, norm: Optional[Tuple[float, float]] = None, batch: int = 32) -> Outputs:
        """Outputs for prepared films [N, 224, 224]; ``norm`` where the file has no metadata yet."""
        if norm is None:
            norm = (self.metadata["input"]["mean"], self.metadata["input"]["std"])
        parts: List[Sequence[np.ndarray]] = []
        for start in range(0, len(prepared), batch):
            x = preprocess.normalise(np.array(prepared[start : start + batch]), *norm)
            parts.append(self.session.run(["logit", "map", "features"], {"film": x}))
        logits, maps, features = (np.concatenate([p[i] for p in parts]) for i in range(3))
        return Outputs(logits[:, 0], maps[:, 0], features)


def listed(root: Path) -> Iterable[Tuple[str, str, int]]:
    """(domain, file, label) of the validation films and of the originals."""
    films = film_list.load_films(root, "val")
    for film in films:
        yield film.domain, film.file, film.label
    for film in films + film_list.load_films(root, "train", ["kermany"]):
        if film.original:
            yield film.domain, film.original, film.label


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=ASSETS / "model.onnx")
    parser.add_argument("--out", type=Path, help="default: val_predictions.csv in the cache folder")
    options = parser.parse_args(arguments)
    out = options.out or film_list.cache_root() / "val_predictions.csv"
    root = film_list.data_root()
    model = Model(options.model)
    partial = out.with_name(out.name + ".partial")
    with open(partial, "w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["domain", "file", "label", "logit", "probability"])
        for domain, file, label in listed(root):
            prepared = preprocess.prepare(preprocess.load_grey(root / domain / file))
            logit = float(model.run(prepared[None]).logits[0])
            probability = float(model.calibration.probability(np.array([logit]))[0])
            writer.writerow([domain, file, ("normal", "pneumonia")[label], f"{logit:.6f}", f"{probability:.6f}"])
    os.replace(partial, out)
    print(out)


if __name__ == "__main__":
    main()
