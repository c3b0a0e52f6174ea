"""What the paper would show, of the stages that have been trained to their end.

Parameters, FLOPs, validation AUC and accuracy and one ONNX Runtime run's time
of ResNet50, of every pruning rate and of its control, beside the shipped
model's; and the shipped model against ResNet50, paired over films.
``python -m pneumotrain.paper.table`` writes ``assets/paper-table.json``,
``docs/paper.md`` and ``docs/images/paper.png``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch

from .. import films as film_list, metrics, preprocess, records
from ..card import NAMES, figure_text, table as markdown_table
from ..predict import ASSETS, Model
from ..presets import PRESETS
from ..records import PAPER, Record, exported
from ..release import write_json
from ..speed import milliseconds
from ..train import Material, load_material, normalisation, references
from .network import count
from .run import NIGHT, Plan, stage_network

ROUNDS = 40
SHIPPED = "shipped"


def stages(plan: Plan) -> Dict[str, str]:
    """Folder and title of the stages that are shown, in order."""
    shown = {"sparse-224": "ResNet50"}
    for rate in plan.rates:
        shown[f"tuned-{rate}"] = f"pruned {rate} %, ghosts, tuned"
        shown[f"control-{rate}"] = f"the same shape as {rate} %, from random weights"
    return shown


def line_steps(training: Dict[str, Any]) -> int:
    """Steps of a released lean run and of those that it goes on from."""
    steps, preset = training["steps"], PRESETS.get(training.get("preset", ""))
    while preset is not None and preset.after:
        preset = PRESETS[preset.after]
        steps += preset.steps
    return steps


def _row(films: Sequence[film_list.Film], logits: np.ndarray) -> Dict[str, Any]:
    labels = np.array([f.label for f in films])
    parts = references(films)

    def best_accuracy(part: np.ndarray) -> float:
        return max(float(np.mean((logits[part] >= cut) == (labels[part] == 1))) for cut in np.unique(logits[part]))

    return {
        "auc": {n: metrics.figure_with_interval(metrics.auc, labels[m], logits[m]) for n, m in parts.items()},
        "best_accuracy": {n: best_accuracy(m) for n, m in parts.items()},
    }


def measure(plan: Plan, material: Material, runs: Sequence[Record], shipped: Path) -> Dict[str, Any]:
    """Rows of the stages that have come to their end and of the shipped model; the names of the stages still to come."""
    norm = normalisation(material)
    films, prepared = material.watch_films, np.array(material.watch_prepared)
    labels = np.array([f.label for f in films])
    rows: Dict[str, Dict[str, Any]] = {}
    models: List[Model] = []
    logits: Dict[str, np.ndarray] = {}
    done = {r.run[len(PAPER):]: r for r in runs if r.run.startswith(PAPER) and r.finished}
    states = {name: done[name] for name in stages(plan) if name in done}
    with tempfile.TemporaryDirectory() as scratch:
        for name, record in states.items():
            net = stage_network(name, plan)  # whose weights do not matter: only its counts and its speed
            models.append(exported(net, Path(scratch) / f"{name}.onnx"))
            logits[name] = record.logits
            rows[name] = {"title": stages(plan)[name], "steps": record.step + (plan.sparse.steps if name == "sparse-224" else 0), **count(net), **_row(films, record.logits)}
    lean = Model(shipped)
    models.append(lean)
    logits[SHIPPED] = lean.run(prepared).logits
    rows[SHIPPED] = {
        "title": f"{lean.metadata['name']} {lean.metadata['version']}", "steps": line_steps(lean.metadata["training"]),
        "parameters": lean.metadata["parameters"], "macs": lean.metadata["macs"], **_row(films, logits[SHIPPED]),
    }
    for row, spent in zip(rows.values(), milliseconds(models, preprocess.normalise(prepared[0], *norm), ROUNDS)):
        row["milliseconds"] = spent
    return {
        "command": "python -m pneumotrain.paper.table", "rows": rows,
        "to_come": [title for name, title in stages(plan).items() if name not in states],
        "shipped_less_resnet50": {
            n: metrics.paired_difference(metrics.auc, labels[m], logits[SHIPPED][m], logits["sparse-224"][m])
            for n, m in references(films).items()
        } if "sparse-224" in logits else {},
    }


def text(found: Dict[str, Any]) -> str:
    """The page as Markdown."""
    lines = [
        "# The paper's compression", "",
        "Yang et al., *Auxiliary Pneumonia Classification Algorithm Based on Pruning Compression* (2022): ResNet50, hierarchical",
        "channel pruning, ghost convolutions, fine-tuning; and the control, the same shape trained from random weights for as many",
        "steps of 64 films, most of them small; a tuned network's come on top of ResNet50's. `training/README.md` says how. AUC on validation films, 95 % bootstrap interval over films in brackets; accuracy at",
        "the cut that is best on these same films, so a little too good; milliseconds of one ONNX Runtime run on one film and one",
        "thread, all networks in turns. Written by this command from `assets/paper-table.json`:", "",
        f"    {found['command']}", "",
    ]
    lines += markdown_table(
        ["network", "steps", "parameters", "MACs", "ms", "AUC, Kermany", "AUC, NIH", "accuracy, Kermany", "accuracy, NIH"],
        [[row["title"], f"{row['steps']:,}", f"{row['parameters'] / 1e6:.3f} M", f"{row['macs'] / 1e6:.0f} M", f"{row['milliseconds']:.1f}",
          figure_text(row["auc"]["kermany"]), figure_text(row["auc"]["nih"]),
          f"{row['best_accuracy']['kermany']:.3f}", f"{row['best_accuracy']['nih']:.3f}"]
         for row in found["rows"].values()],
    )
    rows = found["rows"]
    if "tuned-90" in rows and "sparse-224" in rows:
        behind = 100 * (rows["sparse-224"]["best_accuracy"]["kermany"] - rows["tuned-90"]["best_accuracy"]["kermany"])
        lines += ["", f"The paper has the accuracy at 90 % within 1 % of ResNet50's; here, after these steps, it is {behind:.1f} points behind on Kermany's films."]
    if found["shipped_less_resnet50"]:
        lines += ["", "AUC of the shipped model less that of ResNet50, paired over films:", ""]
        lines += markdown_table(
            ["films", "difference"], [[NAMES[n], figure_text(v)] for n, v in found["shipped_less_resnet50"].items()]
        )
    if found["to_come"]:
        lines += ["", "Not trained to its end yet, so not in the table: " + "; ".join(found["to_come"]) + "."]
    return "\n".join(lines + ["", "![AUC against multiply-accumulates](images/paper.png)", ""])


def plot(found: Dict[str, Any], path: Path) -> None:
    """AUC of both domains over multiply-accumulates."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(8.4, 3.8), dpi=90, sharex=True)
    markers = {"sparse-224": ("s", "ResNet50"), SHIPPED: ("*", "shipped"), "tuned": ("o", "pruned, ghosts, tuned"),
               "control": ("x", "same shape, random weights")}
    for axis, domain in zip(axes, film_list.DOMAINS):
        for kind, (marker, label) in markers.items():
            rows = [r for n, r in found["rows"].items() if n == kind or n.startswith(kind + "-")]
            if rows:
                values = np.array([[r["macs"] / 1e6, *(r["auc"][domain][k] for k in ("value", "low", "high"))] for r in rows])
                axis.errorbar(values[:, 0], values[:, 1], (values[:, 1] - values[:, 2], values[:, 3] - values[:, 1]),
                              fmt=marker, capsize=2, label=label)
        axis.set_xscale("log")
        axis.set_xticks([200, 500, 1000, 2000, 4000], ["200", "500", "1000", "2000", "4000"])
        axis.minorticks_off()
        axis.set_title(NAMES[domain], fontsize=10)
        axis.set_xlabel("million multiply-accumulates")
    axes[0].set_ylabel("validation AUC")
    figure.legend(*axes[0].get_legend_handles_labels(), fontsize=8, ncols=4, loc="lower center")
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    figure.savefig(path, metadata={"Software": None})
    pyplot.close(figure)


def write(found: Dict[str, Any], assets: Path, docs: Path) -> None:
    """The figures, the page and the plot."""
    (docs / "images").mkdir(parents=True, exist_ok=True)
    write_json(assets / "paper-table.json", found)
    (docs / "paper.md").write_text(text(found), encoding="utf-8")
    plot(found, docs / "images" / "paper.png")


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    material = load_material()
    runs = [r for r in records.refresh(material, film_list.cache_root()) if r.seed == options.seed]
    found = measure(NIGHT, material, runs, ASSETS / "model.onnx")
    if len(found["rows"]) == 1:
        raise SystemExit("no stage has come to its end: run pneumotrain.paper.run first")
    write(found, ASSETS, ASSETS.parent / "docs")


if __name__ == "__main__":
    main()
