"""The labelled films: which there are, what is known of each, and their cache.

Films are resized and stretched once into one array per domain and split,
outside of the tree. Reading the CSVs is the only place where labels are made.
"""

from __future__ import annotations

import csv
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import preprocess

DOMAINS: Tuple[str, ...] = ("kermany", "nih")
FINDINGS: Tuple[str, ...] = (
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema",
    "Fibrosis", "Hernia", "Infiltration", "Mass", "Nodule", "Pleural_Thickening",
    "Pneumonia", "Pneumothorax",
    "bacterial", "viral", "rsna_opacity", "rsna_abnormal",
)
"""Targets of the auxiliary findings head; unknown ones are NaN and not trained."""

RSNA_OPACITY = "Lung Opacity"
RSNA_ABNORMAL = "No Lung Opacity / Not Normal"
RSNA_NORMAL = "Normal"


@dataclass(frozen=True)
class Film:
    """One labelled film. ``label`` is 1 for pneumonia; ``target`` is what training fits."""

    domain: str
    file: str
    split: str
    patient: str
    label: int
    target: float
    reference: str  # who says so: "kermany", "rsna" (readers) or "nih" (mined from reports)
    findings: Tuple[float, ...] = field(repr=False, default=())
    subtype: str = ""
    age: Optional[int] = None
    sex: str = ""
    view: str = ""
    original: str = ""


def data_root() -> Path:
    """Folder with ``kermany/`` and ``nih/``: $PNEUMOLIGHT_DATA, or found beside the project."""
    named = os.environ.get("PNEUMOLIGHT_DATA")
    if named:
        return Path(named)
    for parent in Path(__file__).resolve().parents:
        candidate = parent.parent / "shared" / "data"
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        "no training films: set PNEUMOLIGHT_DATA to the folder that holds kermany/ and nih/"
    )


def cache_root() -> Path:
    """Folder for arrays and checkpoints: $PNEUMOLIGHT_CACHE/training or the user's cache."""
    named = os.environ.get("PNEUMOLIGHT_CACHE")
    base = Path(named) if named else Path.home() / ".cache" / "pneumolight"
    folder = base / "training"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _rows(path: Path) -> List[Dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _kermany(row: Dict[str, str]) -> Film:
    label = int(row["label"] == "pneumonia")
    found = {
        "bacterial": float(row["subtype"] == "bacterial"),
        "viral": float(row["subtype"] == "viral"),
    }
    return Film(
        domain="kermany", file=row["file"], split=row["split"], patient=row["patient"],
        label=label, target=0.97 if label else 0.03, reference="kermany",
        findings=tuple(found.get(name, float("nan")) for name in FINDINGS),
        subtype=row["subtype"], original=row["original"],
    )


def _nih(row: Dict[str, str]) -> Film:
    """RSNA's readers decide where they looked; elsewhere NIH's mined label, trusted less."""
    rsna = row["rsna_class"]
    mined = row["label"] == "pneumonia"
    named = set(row["nih_findings"].split("|"))
    found = {name: float(name in named) for name in FINDINGS[:14]}
    if rsna:
        label = int(rsna == RSNA_OPACITY)
        target = {RSNA_OPACITY: 0.97, RSNA_ABNORMAL: 0.12, RSNA_NORMAL: 0.03}[rsna]
        reference = "rsna"
        found["rsna_opacity"] = float(label)
        found["rsna_abnormal"] = float(rsna != RSNA_NORMAL)
    else:
        label, reference = int(mined), "nih"
        target = 0.80 if mined else 0.08
    return Film(
        domain="nih", file=row["file"], split=row["split"], patient=row["patient"],
        label=label, target=target, reference=reference,
        findings=tuple(found.get(name, float("nan")) for name in FINDINGS),
        age=int(row["age"]) if row["age"] else None, sex=row["sex"], view=row["view"],
    )


def load_films(root: Path, split: str, domains: Sequence[str] = DOMAINS) -> List[Film]:
    """All films of a split, domain by domain, in the CSV's order."""
    make = {"kermany": _kermany, "nih": _nih}
    films: List[Film] = []
    for domain in domains:
        films += [make[domain](row) for row in _rows(root / domain / "films.csv") if row["split"] == split]
    return films


def cached_films(root: Path, films: Sequence[Film], cache: Path) -> np.ndarray:
    """Prepared films [N, 224, 224] float32, made once and memory-mapped afterwards."""
    key = hashlib.sha256(
        "\n".join(f"{f.domain}/{f.file}" for f in films).encode() + str(root).encode() + b"1"
    ).hexdigest()[:16]
    path = cache / f"films-{key}.npy"
    if not path.exists():
        partial = path.with_suffix(".partial")
        array = np.lib.format.open_memmap(
            partial, mode="w+", dtype=np.float32, shape=(len(films), preprocess.SIZE, preprocess.SIZE)
        )
        for i, film in enumerate(films):
            array[i] = preprocess.prepare(preprocess.load_grey(root / film.domain / film.file))
        array.flush()
        del array
        os.replace(partial, path)
    return np.load(path, mmap_mode="r")
