"""One ONNX Runtime run of each network on one film, in turns on one thread.

ResNet50 and the paper's network have random weights: only their speed counts
here. ``python -m pneumotrain.speed``
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import torch

from . import export
from .network import LeanNet
from .paper import export as paper_export
from .paper.network import PaperNet
from .paper.rates import widths
from .predict import Model

NAMES = ("ResNet50", "the paper's, 90 % pruned, ghosts", "lean")


def milliseconds(models: Sequence[Model], film: np.ndarray, rounds: int) -> List[float]:
    """Milliseconds of one run, the models in turn: of the fastest tenth, in which other work did not interrupt."""
    times: List[List[float]] = [[] for _ in models]
    for _ in range(rounds):
        for model, spent in zip(models, times):
            begun = time.perf_counter()
            model.session.run(None, {"film": film})
            spent.append(1000 * (time.perf_counter() - begun))
    return [float(np.percentile(spent, 10)) for spent in times]


def measure(rounds: int = 60) -> Dict[str, Any]:
    """Milliseconds of each, and how many times the lean one is faster."""
    torch.manual_seed(0)
    graphs = (
        paper_export.build(PaperNet(widths(0))),
        paper_export.build(PaperNet(widths(90), ghost=True)),
        export.build(LeanNet()),
    )
    with tempfile.TemporaryDirectory() as scratch:
        models = []
        for i, graph in enumerate(graphs):
            path = Path(scratch) / f"{i}.onnx"
            export.save(graph, path)
            models.append(Model(path))
    film = np.random.default_rng(0).normal(size=(1, 1, 224, 224)).astype(np.float32)
    found = dict(zip(NAMES, milliseconds(models, film, rounds)))
    return {"milliseconds": found, "lean_is_faster_than": {n: found[n] / found["lean"] for n in NAMES[:2]}}


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    print(json.dumps(measure(), indent=2))


if __name__ == "__main__":
    main()
