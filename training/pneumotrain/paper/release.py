"""The paper's network as a second model that the program can load.

Calibrated, gated and described like the shipped one, its thresholds in its own
file. ``python -m pneumotrain.paper.release --version 1.0.0`` writes
``assets/paper.onnx`` and ``assets/paper-metrics.json``, and its part of the card.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Optional, Sequence

import torch

from .. import card, checkpoint, films as film_list, gate
from ..network import VIEWS
from ..predict import ASSETS
from ..release import Trained, describe, save_model, write_json
from ..train import trained_network
from .export import build
from .network import count
from .run import NIGHT, Plan, stage_network

NAME = "Pneumolight, the paper's network"


def trained_stage(stage: str, seed: int, folder: Path, plan: Plan = NIGHT) -> Trained:
    """A stage's network from its checkpoint; the stage must have come to its end."""
    state = checkpoint.load(folder / stage / "last.pt")
    if state is None or state["step"] < plan.preset(stage).steps:
        raise FileNotFoundError(f"the stage {stage} in {folder} has not come to its end: run pneumotrain.paper.run")
    net, view = trained_network(state["averaged"], stage_network(stage, plan))
    preset = plan.preset(stage)
    return Trained(
        NAME, net, gate.ViewHead(VIEWS, *view), build(net), count(net)["macs"], seed, state["step"],
        {"stage": stage, "steps": state["step"], "batch": preset.batch, "schedule": [list(s) for s in preset.schedule],
         "optimiser": "AdamW, cosine", "learning_rate": preset.learning_rate, "weight_decay": preset.weight_decay,
         "weights": f"exponential average {preset.ema}", "nih_share": preset.nih_share},
        {"stage": stage, "steps": preset.steps},
    )


def release(trained: Trained, version: str, command: str, assets: Path) -> None:
    """The model file and its figures in ``assets``."""
    document, metadata, _ = describe(trained, version, command)
    document["sha256"] = save_model(trained, metadata, assets / "paper.onnx")
    write_json(assets / "paper-metrics.json", document)
    if (assets / "metrics.json").exists():
        card.write(assets)


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", default="tuned-90")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", required=True)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    command = f"python -m pneumotrain.paper.release --stage {options.stage} --seed {options.seed} --version {options.version}"
    trained = trained_stage(options.stage, options.seed, film_list.cache_root() / f"paper-seed{options.seed}")
    release(trained, options.version, command, ASSETS)


if __name__ == "__main__":
    main()
