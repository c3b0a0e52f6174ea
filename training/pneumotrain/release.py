"""Make the shipped files from a run's checkpoint: model, figures, plot, card.

``python -m pneumotrain.release lean --version 1.0.0`` exports the averaged
weights, checks them against PyTorch on every validation film, calibrates,
chooses the thresholds, fits the gate, measures everything that the card says
and writes ``assets/``. Nothing here looks at a film outside the two splits,
the test pictures and the films made from them.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import onnx
import torch
from torch import nn

from . import calibrate, card, compare, evidence, export, films as film_list, fitgate, gate, lateral, metrics, negatives, preprocess
from .calibrate import Calibration, Thresholds
from .films import Film
from .network import VIEWS, LeanNet, count_macs, count_parameters
from .pictures import load_pictures
from .predict import ASSETS, Model, Outputs
from .presets import PRESETS, Preset
from .train import finished_weights, load_material, normalisation, predict, references, trained_network

TOLERANCE = 1e-3
NAME = "Pneumolight lean"
LICENCE = "CC BY 4.0"
DATA = (
    "Trained on the chest films of children of Kermany et al. 2018 (Mendeley Data v2, CC BY 4.0) and on a small "
    "sample of the adult films of the NIH Clinical Center (ChestX-ray8, Wang et al. 2017, public with attribution), "
    "with reader classes of the RSNA Pneumonia Detection Challenge where they exist."
)
DOMAIN = {
    "ages": [{"from": 1, "to": 6}, {"from": 18, "to": 120}], "views": ["PA", "AP"],
    "bedside": False, "equipment": [],
}
"""What tells these films from others by their tags: children of one to five years and adults, frontal views; neither source
says posture or equipment."""


class Trained(NamedTuple):
    """A trained network, ready to be calibrated, and what is said of it."""

    name: str
    net: nn.Module
    view: gate.ViewHead
    graph: onnx.ModelProto
    macs: int
    seed: int
    step: int
    training: Dict[str, Any]  # how it was trained, for the model's file
    origin: Dict[str, Any]  # the same for the card


def trained_lean(preset: Preset, cache: Path, note: str = "") -> Trained:
    """A preset's network from its checkpoints; ``note`` is what the preset does not say of this run."""
    weights, step = finished_weights(preset, cache)
    net, view = trained_network(weights, LeanNet(preset.shape))
    return Trained(
        NAME, net, gate.ViewHead(VIEWS, *view), export.build(net), count_macs(net), preset.seed, step,
        {
            "preset": preset.name, "steps": step, "batch": preset.batch,
            "schedule": [list(stage) for stage in preset.schedule], "optimiser": "AdamW, cosine",
            "learning_rate": preset.learning_rate, "weight_decay": preset.weight_decay,
            "weights": f"exponential average {preset.ema}", "nih_share": preset.nih_share,
            "after": preset.after, "blend": preset.blend, "teachers": list(preset.teachers), "elder": preset.elder, "note": note,
        },
        {"note": note, "steps": preset.steps, "after": preset.after, "blend": preset.blend, "teachers": list(preset.teachers),
         "elder": preset.elder},
    )


def check_export(model: Model, net: nn.Module, prepared: np.ndarray, norm: Tuple[float, float]) -> Dict[str, float]:
    """Largest differences over the films; raises where the export is not the network."""
    outputs = model.run(prepared, norm)
    from_torch = predict(net, prepared, norm)
    difference = float(np.abs(outputs.logits - from_torch).max())
    from_map = float(np.abs(outputs.maps.mean((1, 2)) - outputs.logits).max())
    if difference > TOLERANCE or from_map > TOLERANCE:
        raise ValueError(f"export differs from PyTorch by {difference:.2g}, the map's mean from the logit by {from_map:.2g}")
    return {"films": len(prepared), "largest_logit_difference": difference, "largest_map_mean_difference": from_map}


def figures(labels: np.ndarray, p: np.ndarray, limits: Thresholds) -> Dict[str, Any]:
    """All figures of one group of films, each with its interval."""
    called = p >= limits.threshold
    uncertain = (p > limits.low) & (p < limits.high)

    def balanced(y: np.ndarray, c: np.ndarray) -> float:
        return 0.5 * (metrics.sensitivity(y, c) + metrics.specificity(y, c))

    def decided(y: np.ndarray, c: np.ndarray, u: np.ndarray) -> float:
        return float(np.mean(c[~u] == (y[~u] == 1))) if (~u).any() else float("nan")

    return {
        "films": int(len(labels)),
        "pneumonia": int(labels.sum()),
        "auc": metrics.figure_with_interval(metrics.auc, labels, p),
        "sensitivity": metrics.figure_with_interval(metrics.sensitivity, labels, called),
        "specificity": metrics.figure_with_interval(metrics.specificity, labels, called),
        "balanced_accuracy": metrics.figure_with_interval(balanced, labels, called),
        "accuracy": metrics.figure_with_interval(lambda y, c: float(np.mean(c == (y == 1))), labels, called),
        "uncertain": metrics.figure_with_interval(lambda u: float(np.mean(u)), uncertain),
        "accuracy_where_certain": metrics.figure_with_interval(decided, labels, called, uncertain),
        "ece": metrics.figure_with_interval(metrics.expected_calibration_error, labels, p),
        "brier": metrics.figure_with_interval(metrics.brier, labels, p),
    }


def subgroups(films: Sequence[Film], p: np.ndarray) -> Dict[str, Any]:
    """AUC by subtype, age, sex and view, where both labels occur at least five times."""
    labels = np.array([f.label for f in films])
    kermany = np.array([f.domain == "kermany" for f in films])

    def adult(low: int, high: int) -> np.ndarray:
        return np.array([f.age is not None and low <= f.age < high for f in films])

    groups = {
        "kermany: bacterial against normal": kermany & np.array([f.subtype in ("bacterial", "normal") for f in films]),
        "kermany: viral against normal": kermany & np.array([f.subtype in ("viral", "normal") for f in films]),
        "nih: age under 18": adult(0, 18),
        "nih: age 18 to 39": adult(18, 40),
        "nih: age 40 to 59": adult(40, 60),
        "nih: age 60 and over": adult(60, 200),
        "nih: women": np.array([f.sex == "F" for f in films]),
        "nih: men": np.array([f.sex == "M" for f in films]),
        "nih: view AP": np.array([f.view == "AP" for f in films]),
        "nih: view PA": np.array([f.view == "PA" for f in films]),
    }
    result = {}
    for name, chosen in groups.items():
        positive, total = int(labels[chosen].sum()), int(chosen.sum())
        entry: Dict[str, Any] = {"films": total, "pneumonia": positive}
        if positive >= 5 and total - positive >= 5:
            entry["auc"] = metrics.figure_with_interval(metrics.auc, labels[chosen], p[chosen])
        result[name] = entry
    return result


def reference(films: Sequence[Film], p: np.ndarray) -> Dict[str, Any]:
    """Probabilities by domain and label, ascending, four decimals: what the program weighs other thresholds by."""
    return {
        domain: {
            name: sorted(round(float(q), 4) for f, q in zip(films, p) if (f.domain, f.label) == (domain, label))
            for label, name in enumerate(("normal", "pneumonia"))
        }
        for domain in film_list.DOMAINS
    }


def measure_evidence(deviations: np.ndarray, labels: np.ndarray, domains: np.ndarray) -> Dict[str, Any]:
    """Shares of the map above 2 and 3 deviations, where the program starts to paint, by domain and label."""
    return {
        f"{domain}: {name}": {
            "cells_above_2": float(np.mean(deviations[chosen] > 2)),
            "cells_above_3": float(np.mean(deviations[chosen] > 3)),
            "films_above_3": float(np.mean(deviations[chosen].max((1, 2)) > 3)),
        }
        for domain in film_list.DOMAINS
        for label, name in enumerate(("normal", "pneumonia"))
        for chosen in [(domains == domain) & (labels == label)]
    }


def measure_originals(model: Model, root: Path, films: Sequence[Film], norm: Tuple[float, float], c: Calibration) -> Dict[str, Any]:
    """How far the probability moves between a film and its 224x224 copy."""
    paired = [f for f in films if f.original]

    def run(names: Sequence[str]) -> np.ndarray:
        prepared = [preprocess.prepare(preprocess.load_grey(root / "kermany" / n)) for n in names]
        return c.probability(model.run(np.stack(prepared), norm).logits)

    moved = np.abs(run([f.original for f in paired]) - run([f.file for f in paired]))
    return {
        "films": len(paired), "mean": float(moved.mean()), "percentile_95": float(np.percentile(moved, 95)),
        "largest": float(moved.max()),
    }


def plot_reliability(path: Path, labels: np.ndarray, p: np.ndarray, parts: Dict[str, np.ndarray]) -> None:
    """Reliability diagram per domain, deciles of the probability."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4.4, 4.0), dpi=90)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, marker in (("kermany", "o"), ("nih", "s")):
        y, q = labels[parts[name]], p[parts[name]]
        groups = np.array_split(np.argsort(q, kind="stable"), 8)
        axes.plot([q[g].mean() for g in groups], [y[g].mean() for g in groups], marker=marker, label=name)
    axes.set_xlabel("calibrated probability of pneumonia")
    axes.set_ylabel("share of films with pneumonia")
    axes.set_title("Validation films, eighths by probability", fontsize=10)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
    pyplot.close(figure)


def write_json(path: Path, document: Dict[str, Any]) -> None:
    """Readable JSON, NaN as null."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [clean(v) for v in value]
        if isinstance(value, float):
            return round(value, 6) if np.isfinite(value) else None
        return value

    path.write_text(json.dumps(clean(document), indent=2, sort_keys=False, ensure_ascii=False) + "\n", encoding="utf-8")


def describe(trained: Trained, version: str, command: str) -> Tuple[Dict[str, Any], Dict[str, Any], np.ndarray]:
    """Figures, the description for the model's file, and the probabilities of the validation films."""
    material = load_material()
    root, cache = film_list.data_root(), film_list.cache_root()
    norm = normalisation(material)
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "bare.onnx"
        export.save(trained.graph, bare)
        model = Model(bare)
    films, prepared = material.watch_films, np.array(material.watch_prepared)
    labels = np.array([f.label for f in films])
    domains = np.array([f.domain for f in films])
    checked = check_export(model, trained.net, prepared, norm)
    outputs: Outputs = model.run(prepared, norm)
    calibration = calibrate.fit(outputs.logits, labels, domains)
    p = calibration.probability(outputs.logits)
    limits = calibrate.choose(p, labels, domains)
    flipped_logits = model.run(prepared[:, :, ::-1], norm).logits
    flipped = calibration.probability(flipped_logits)
    learnt = model.run(material.prepared, norm)
    gate_learns = fitgate.learn(
        model, material.films, material.prepared, learnt.features, material.pictures, norm, trained.seed
    )
    fitted = fitgate.fit(trained.view, gate_learns, outputs.features, domains, tuple(lateral.FAMILIES))
    reasons = evidence.fit(learnt.maps, material.films)
    parts = references(films)
    document: Dict[str, Any] = {
        "command": command,
        "name": trained.name, "version": version, "seed": trained.seed, "step": trained.step, **trained.origin,
        "parameters": count_parameters(trained.net), "macs": trained.macs,
        "calibration": calibration._asdict(), "thresholds": limits._asdict(),
        "validation": {name: figures(labels[mask], p[mask], limits) for name, mask in parts.items()},
        "subgroups": subgroups(films, p),
        "mirrored": {
            d: {"mean": float(np.abs(p - flipped)[domains == d].mean()),
                "percentile_95": float(np.percentile(np.abs(p - flipped)[domains == d], 95))}
            for d in film_list.DOMAINS
        },
        "averaged_with_mirrored_less_alone": compare.averaging(outputs.logits, flipped_logits, films),
        "originals": measure_originals(model, root, films, norm, calibration),
        "gate": fitgate.measure(
            model, fitted, trained.view, gate_learns, outputs.features, domains, prepared,
            negatives.grouped(load_pictures(root, cache, "test")), norm, trained.seed,
        ),
        "evidence": measure_evidence(reasons.of(outputs.maps), labels, domains),
        "export": checked,
    }
    metadata = {
        "format": 1, "name": trained.name, "version": version,
        "created": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "licence": LICENCE, "data": DATA, "domain": DOMAIN,
        "parameters": document["parameters"], "macs": document["macs"],
        "input": {
            "width": preprocess.SIZE, "height": preprocess.SIZE, "resample": "triangle",
            "percentile_low": preprocess.PERCENTILES[0], "percentile_high": preprocess.PERCENTILES[1],
            "minimum_range": preprocess.MINIMUM_RANGE, "mean": norm[0], "std": norm[1],
        },
        "classes": ["normal", "pneumonia"],
        "calibration": calibration._asdict(),
        "threshold": limits.threshold,
        "uncertain": {"low": limits.low, "high": limits.high},
        "reference": reference(films, p),
        "flip": {"maximum_disagreement": max(m["percentile_95"] for m in document["mirrored"].values())},
        "metrics": {name: {k: part[k]["value"] for k in ("auc", "sensitivity", "specificity")}
                    for name, part in document["validation"].items()},
        "seed": trained.seed,
        "training": trained.training,
        "gate": fitted.metadata(),
        "evidence": reasons.metadata(),
    }
    return document, metadata, p


def save_model(trained: Trained, metadata: Dict[str, Any], path: Path) -> str:
    """Write the model with its description; the file's digest."""
    export.set_metadata(trained.graph, metadata)
    path.parent.mkdir(exist_ok=True)
    export.save(trained.graph, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def release(trained: Trained, version: str, command: str, assets: Path) -> Dict[str, Any]:
    """The shipped model, its figures, plot and card in ``assets``; the figures."""
    document, metadata, p = describe(trained, version, command)
    document["sha256"] = save_model(trained, metadata, assets / "model.onnx")
    films = film_list.load_films(film_list.data_root(), "val")
    plot_reliability(assets / "reliability.png", np.array([f.label for f in films]), p, references(films))
    write_json(assets / "metrics.json", document)
    card.write(assets)
    return document


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", choices=sorted(PRESETS))
    parser.add_argument("--seed", type=int)
    parser.add_argument("--version", required=True)
    parser.add_argument("--note", default="", help="what the preset does not say of this run; goes into the card")
    parser.add_argument("--assets", type=Path, default=ASSETS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    preset = PRESETS[options.preset]
    if options.seed is not None:
        preset = replace(preset, seed=options.seed)
    command = f"python -m pneumotrain.release {preset.name} --seed {preset.seed} --version {options.version}"
    if options.note:
        command += f' --note "{options.note}"'
    trained = trained_lean(preset, film_list.cache_root(), options.note)
    document = release(trained, options.version, command, options.assets)
    for name, part in document["validation"].items():
        auc = part["auc"]
        print(f"{name}: AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}), {part['films']} films")


if __name__ == "__main__":
    main()
