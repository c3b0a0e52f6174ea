"""Screen a folder as an ordinary Python program does: the yardstick for `pneumolight screen`.

pydicom and Pillow read the films, NumPy prepares them as the model's file asks,
ONNX Runtime judges each film and its mirror image, a process pool keeps the
cores busy, and one CSV row a film is written. It checks no tags, refuses
nothing, looks for no duplicates and keeps no journal.

    baseline.py MODEL FOLDER OUT.csv [--workers N] [--threads N]

With --threads 0 each process leaves the number of threads to ONNX Runtime, as
programs do that never heard of it; 1 is the best that a pool can do.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import onnxruntime
import pydicom
from PIL import Image
from pydicom.pixels import apply_modality_lut, apply_voi_lut

session: onnxruntime.InferenceSession
described: Dict[str, Any]


def begin(model: str, threads: int) -> None:
    """Open the model in a process of the pool."""
    global session, described
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    described = json.loads(session.get_modelmeta().custom_metadata_map["pneumolight"])


def grey_of(path: str) -> np.ndarray:
    """Display grey, 0 to 1, of a DICOM film or a picture."""
    with open(path, "rb") as file:
        dicom = file.read(132)[128:] == b"DICM"
    if not dicom:
        with Image.open(path) as image:
            if image.mode.startswith("I"):
                return np.asarray(image, dtype=np.float32) / 65535
            return np.asarray(image.convert("L"), dtype=np.float32) / 255
    film = pydicom.dcmread(path)
    values = apply_voi_lut(apply_modality_lut(film.pixel_array, film), film).astype(np.float32)
    low, high = float(values.min()), float(values.max())
    values = (values - low) / max(high - low, 1e-6)
    return 1 - values if film.PhotometricInterpretation == "MONOCHROME1" else values


def screen(path: str) -> Tuple[str, float, float]:
    """Calibrated probability of a film and of its mirror image."""
    shape = described["input"]
    small = np.asarray(Image.fromarray(grey_of(path)).resize((shape["width"], shape["height"]), Image.BILINEAR))
    low, high = np.percentile(small, (shape["percentile_low"], shape["percentile_high"]))
    film = np.clip((small - low) / max(high - low, shape["minimum_range"]), 0, 1)
    film = ((film - shape["mean"]) / shape["std"]).astype(np.float32)
    logits = session.run(["logit"], {"film": np.stack([film, film[:, ::-1]])[:, None]})[0].reshape(-1)
    scale = described["calibration"]
    straight, mirrored = (1 / (1 + math.exp(-(float(v) / scale["temperature"] + scale["bias"]))) for v in logits)
    return path, straight, mirrored


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    paths: List[str] = sorted(str(p) for p in arguments.folder.rglob("*") if p.is_file())
    with ProcessPoolExecutor(arguments.workers, initializer=begin, initargs=(arguments.model, arguments.threads)) as pool:
        rows = list(pool.map(screen, paths, chunksize=4))
    with open(arguments.out, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("file", "probability", "mirrored"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
