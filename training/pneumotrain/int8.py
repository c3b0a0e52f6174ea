"""INT8: static QDQ quantisation per channel, and whether it pays.

Calibrated on training films; compared with the fp32 file on the validation
films and by the clock, in turns on one thread. ``python -m pneumotrain.int8``
writes ``model-int8.onnx`` into the cache and prints the figures.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Sequence

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from . import films as film_list, metrics, preprocess
from .films import Film
from .predict import ASSETS, Model
from .speed import milliseconds

CALIBRATION_FILMS = 256
ROUNDS = 200


class _Films(CalibrationDataReader):
    def __init__(self, inputs: np.ndarray) -> None:
        self.left: Iterator[np.ndarray] = iter(inputs)

    def get_next(self) -> Optional[Dict[str, np.ndarray]]:
        film = next(self.left, None)
        return None if film is None else {"film": film[None]}


def quantise(source: Path, target: Path, inputs: np.ndarray) -> None:
    """INT8 file from an fp32 one; the heads, whose mean is the logit, stay as they are."""
    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared), str(target), _Films(inputs), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
        op_types_to_quantize=["Conv", "Add", "MaxPool"], nodes_to_exclude=["head.fine", "head.coarse", "head.both"],
    )
    prepared.unlink()


def compare(plain: Model, small: Model, films: Sequence[Film], prepared: np.ndarray, norm: Sequence[float]) -> Dict[str, Any]:
    """AUC of both by domain, the largest difference of a probability, and both times."""
    a, b = plain.run(prepared).logits, small.run(prepared, (norm[0], norm[1])).logits
    labels = np.array([f.label for f in films])
    result: Dict[str, Any] = {}
    for domain in film_list.DOMAINS:
        mask = np.array([f.domain == domain for f in films])
        result[domain] = {
            "auc_fp32": metrics.auc(labels[mask], a[mask]), "auc_int8": metrics.auc(labels[mask], b[mask]),
            "largest_probability_difference": float(
                np.abs(plain.calibration.probability(a[mask]) - plain.calibration.probability(b[mask])).max()
            ),
        }
    film = preprocess.normalise(prepared[0], norm[0], norm[1])
    fp32, int8 = milliseconds((plain, small), film, ROUNDS)
    result.update({"milliseconds_fp32": fp32, "milliseconds_int8": int8, "speed_up": fp32 / int8})
    return result


def measure(source: Path, root: Path, cache: Path) -> Dict[str, Any]:
    """Quantise a model of ours and compare both."""
    train, films = film_list.load_films(root, "train"), film_list.load_films(root, "val")
    plain = Model(source)
    norm = (plain.metadata["input"]["mean"], plain.metadata["input"]["std"])
    chosen = np.random.default_rng(3).choice(len(train), min(CALIBRATION_FILMS, len(train)), replace=False)
    inputs = preprocess.normalise(np.array(film_list.cached_films(root, train, cache)[np.sort(chosen)]), *norm)
    target = cache / "model-int8.onnx"
    quantise(source, target, inputs)
    result = compare(plain, Model(target), films, np.array(film_list.cached_films(root, films, cache)), norm)
    result["bytes_fp32"], result["bytes_int8"] = source.stat().st_size, target.stat().st_size
    return result


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=ASSETS / "model.onnx")
    options = parser.parse_args(arguments)
    print(json.dumps(measure(options.model, film_list.data_root(), film_list.cache_root()), indent=2))


if __name__ == "__main__":
    main()
