"""What each run says of the validation films, kept in the project.

Checkpoints are large and lie outside the tree, so they go with the machine;
what a run is compared by is its logits, some kilobytes of text. A record is
written from a checkpoint and replaces the run's older one. Records of another
list of films are left out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np
import torch
from torch import nn

from . import checkpoint, export, films as film_list
from .films import Film
from .network import LeanNet
from .paper import export as paper_export
from .paper.run import NIGHT, Plan, stage_network
from .predict import Model
from .presets import PRESETS
from .train import Material, finished_weights, normalisation, run_folder, trained_network

FOLDER = Path(__file__).resolve().parents[1] / "records"
SEEDS = range(1, 10)
PAPER = "paper/"
"""Begins the names of the stages of the paper's run."""


class Record(NamedTuple):
    """A run on the validation films."""

    run: str  # a preset, or a stage of the paper's run
    seed: int
    step: int
    steps: int  # of the whole run
    history: List[Dict[str, Any]]  # AUC at the steps at which the run was watched
    logits: np.ndarray  # [N], of the validation films

    @property
    def finished(self) -> bool:
        """Whether the run has come to its end."""
        return self.step >= self.steps


def digest(films: Sequence[Film]) -> str:
    """Names a list of films and their labels."""
    return hashlib.sha256("\n".join(f"{f.domain}/{f.file} {f.label}" for f in films).encode()).hexdigest()


def save(record: Record, films: Sequence[Film], folder: Path) -> None:
    """Write a record whole."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.run.replace('/', '-')}-seed{record.seed}.json"
    document = {
        **record._asdict(), "films": digest(films), "logits": [round(float(v), 4) for v in record.logits],
    }
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def load(folder: Path, films: Sequence[Film]) -> List[Record]:
    """All records of these films."""
    wanted, found = digest(films), []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("films") == wanted:
            found.append(Record(**{**document, "logits": np.array(document["logits"])}))
    return found


def exported(net: nn.Module, scratch: Path) -> Model:
    """The network as ONNX Runtime runs it, without a description; ``scratch`` is overwritten."""
    export.save(export.build(net) if isinstance(net, LeanNet) else paper_export.build(net), scratch)
    return Model(scratch)


def _runs(cache: Path, presets: Sequence[str], plan: Plan) -> Iterator[Tuple[str, int, Path, int, Callable[[], nn.Module]]]:
    """Name, seed, folder, steps and network of every run that there may be."""
    stages = ("sparse", "sparse-224", *(f"{kind}-{rate}" for rate in plan.rates for kind in ("tuned", "control")))
    for seed in SEEDS:
        for name in presets:
            preset = replace(PRESETS[name], seed=seed)
            yield name, seed, run_folder(preset, cache), preset.steps, lambda: LeanNet(preset.shape)
        for stage in stages:
            folder = cache / f"paper-seed{seed}" / stage
            yield PAPER + stage, seed, folder, plan.preset(stage).steps, lambda: stage_network(stage, plan)


def refresh(
    material: Material, cache: Path, folder: Path = FOLDER, presets: Sequence[str] = tuple(PRESETS), plan: Plan = NIGHT,
) -> List[Record]:
    """Write a record of every checkpoint in the cache, then all records of these films."""
    norm = normalisation(material)
    prepared = np.array(material.watch_prepared)
    for name, seed, run, steps, build in _runs(cache, presets, plan):
        state = checkpoint.load(run / "last.pt")
        if state is None:
            continue
        weights = state["averaged"]
        if not name.startswith(PAPER):
            weights, _ = finished_weights(replace(PRESETS[name], seed=seed), cache)
        net, _ = trained_network(weights, build())
        scratch = run / "record.onnx"
        logits = exported(net, scratch).run(prepared, norm, batch=8).logits
        scratch.unlink()
        save(Record(name, seed, state["step"], steps, state["history"], logits), material.watch_films, folder)
    return load(folder, material.watch_films)


def main() -> None:
    """Command line."""
    from .train import load_material

    torch.set_num_threads(1)
    for record in refresh(load_material(), film_list.cache_root()):
        print(f"{record.run} seed {record.seed}: step {record.step} of {record.steps}")


if __name__ == "__main__":
    main()
