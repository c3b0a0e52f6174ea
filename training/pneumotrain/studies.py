"""Studies of the shipped model that take longer than its release.

Explanation, shortcuts, speed and INT8, added to ``assets/metrics.json`` and
to the card. ``python -m pneumotrain.studies``
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import numpy as np

from . import card, explain, films as film_list, int8, shortcuts, speed
from .predict import ASSETS, Model
from .release import write_json


def study(assets: Path) -> Dict[str, Any]:
    """All studies of the model in ``assets``."""
    root, cache = film_list.data_root(), film_list.cache_root()
    model = Model(assets / "model.onnx")
    train, films = film_list.load_films(root, "train"), film_list.load_films(root, "val")
    prepared = np.array(film_list.cached_films(root, films, cache))
    return {
        "command": "python -m pneumotrain.studies",
        "explanation": explain.measure(model, prepared),
        "shortcuts": shortcuts.measure(model, train, film_list.cached_films(root, train, cache), films, prepared),
        "speed": speed.measure(),
        "int8": int8.measure(assets / "model.onnx", root, cache),
    }


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=Path, default=ASSETS)
    options = parser.parse_args(arguments)
    document = json.loads((options.assets / "metrics.json").read_text(encoding="utf-8"))
    found = hashlib.sha256((options.assets / "model.onnx").read_bytes()).hexdigest()
    if found != document["sha256"]:
        raise SystemExit("metrics.json is not of this model.onnx: run pneumotrain.release first")
    document["studies"] = study(options.assets)
    write_json(options.assets / "metrics.json", document)
    card.write(options.assets)


if __name__ == "__main__":
    main()
