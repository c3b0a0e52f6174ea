"""Checkpoints that are whole or absent, whatever kills the process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Optional

import torch


def save(state: Dict[str, Any], path: Path) -> None:
    """Write beside, flush to disk, then rename over: readers see the old file or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + f".{os.getpid()}.partial")
    with open(partial, "wb") as handle:
        torch.save(state, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(partial, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path) -> Optional[Dict[str, Any]]:
    """The checkpoint, or None where there is none yet."""
    if not path.exists():
        return None
    return torch.load(path, map_location="cpu")
