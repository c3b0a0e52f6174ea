"""Pictures that are not chest films, for teaching and testing refusal.

They come from what is installed or lies beside the films: the photographs in
scikit-image, scikit-learn and matplotlib, and the DICOM files of other body
parts and modalities, drawn by DCMTK's dcmj2pnm. None is copied into the
project. Each source serves either training or the test, never both.
"""

from __future__ import annotations

import csv
import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import numpy as np

from . import preprocess

CHEST = ("CHEST", "RIBCAGE")
DICOM_FOR_TRAINING = ("pydicom+pydicom", "cornerstonejs+cornerstoneWADOImageLoader")
PHOTO_FOLDERS: Dict[str, Tuple[Tuple[str, str], ...]] = {
    "train": (("skimage", "data"), ("sklearn", "datasets/images")),
    "test": (("matplotlib", "mpl-data/sample_data"), ("matplotlib", "mpl-data/images"), ("networkx", "drawing/tests/baseline")),
}
CROPS = 8


class Pictures(NamedTuple):
    """Prepared pictures [N, 224, 224] and what each is."""

    films: np.ndarray
    kinds: List[str]


def _photographs(use: str) -> List[Path]:
    found: List[Path] = []
    for package, folder in PHOTO_FOLDERS[use]:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            continue
        base = Path(spec.submodule_search_locations[0]) / folder
        found += sorted(p for p in base.glob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg"))
    return [p for p in found if p.stat().st_size > 12_000]


def _dicom_pictures(root: Path, cache: Path, use: str) -> List[Tuple[Path, str]]:
    """PNG of every non-chest DICOM image of this use, drawn with its own minimum and maximum."""
    manifest = root / "dicom" / "manifest.csv"
    if not manifest.exists() or shutil.which("dcmj2pnm") is None:
        return []
    folder = cache / "dicom-png"
    folder.mkdir(exist_ok=True)
    drawn = []
    with open(manifest, newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        plain = row["modality"] in ("CR", "DX", "RG")
        if row["body_part"] in CHEST or (plain and not row["body_part"]):
            continue  # chest films, or films of which nobody says what they show
        if (row["source_repo"] in DICOM_FOR_TRAINING) != (use == "train"):
            continue
        if not row["rows"] or min(int(row["rows"]), int(row["cols"])) < 64:
            continue
        target = folder / (row["sha256"][:16] + ".png")
        if not target.exists():
            subprocess.run(
                ["dcmj2pnm", "+on", "+Wm", "+F", "1", str(root / "dicom" / row["path"]), str(target)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            )
        if target.exists() and target.stat().st_size > 0:
            drawn.append((target, "radiograph of another part" if plain else row["modality"] or "other DICOM"))
    return drawn


def load_pictures(root: Path, cache: Path, use: str) -> Pictures:
    """All pictures of a use ("train" or "test"); photographs also as square crops."""
    films: List[np.ndarray] = []
    kinds: List[str] = []
    for path, kind in _dicom_pictures(root, cache, use):
        try:
            prepared = preprocess.prepare(preprocess.load_grey(path))
        except OSError:
            continue  # half-drawn by a broken file
        if prepared.std() > 0.01:
            films.append(prepared)
            kinds.append(kind)
    rng = np.random.default_rng(7)
    for path in _photographs(use):
        grey = preprocess.load_grey(path)
        films.append(preprocess.prepare(grey))
        kinds.append("photograph")
        height, width = grey.shape
        for _ in range(CROPS if use == "train" else 2):
            edge = int(min(height, width) * rng.uniform(0.4, 0.9))
            y, x = rng.integers(0, height - edge + 1), rng.integers(0, width - edge + 1)
            films.append(preprocess.prepare(grey[y : y + edge, x : x + edge]))
            kinds.append("photograph")
    if not films:
        return Pictures(np.zeros((0, preprocess.SIZE, preprocess.SIZE), np.float32), [])
    return Pictures(np.stack(films), kinds)
