"""Compare `pneumolight screen` with the Python program of baseline.py, and one worker with two.

    compare.py PNEUMOLIGHT MODEL DICOM [--pictures FOLDER]... [--films N] [--rounds N]

Sets of films: N copies of the chest film DICOM, each with an instance UID of
its own, and up to N pictures of each FOLDER. All programs screen the same
films in turns, so that whatever else the machine does slows all alike; what is
printed is the median over the rounds of each ratio within a round, and the
load that the machine was under. Whole processes are timed, start included.

Two programs of one worker each, on half the films each, share nothing but the
machine: no number of workers can gain more than they do.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List

import pydicom

HERE = Path(__file__).parent


def copies(film: Path, folder: Path, number: int) -> None:
    """Films that differ in their bytes but cost the same."""
    data = pydicom.dcmread(film)
    for k in range(number):
        data.SOPInstanceUID = f"1.2.826.0.1.3680043.10.1.{k + 1}"
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.save_as(folder / f"film-{k:04}.dcm")


def seconds(*commands: List[str]) -> float:
    """How long commands take that run side by side."""
    begun = time.perf_counter()
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for command in commands]
    for command, program in zip(commands, running):
        _, errors = program.communicate()
        # 1 says that some film was refused or failed; the rows are checked below.
        if program.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)}: {errors}")
    return time.perf_counter() - begun


def halves(films: Path, scratch: Path) -> List[Path]:
    """Two folders with every other film."""
    folders = [scratch / "even", scratch / "odd"]
    for folder in folders:
        folder.mkdir()
    for k, film in enumerate(sorted(films.iterdir())):
        os.link(film, folders[k % 2] / film.name)
    return folders


def rows(path: Path) -> Dict[str, Dict[str, str]]:
    with path.open(newline="") as file:
        return {Path(row["file"]).name: row for row in csv.DictReader(file)}


def compare(name: str, films: Path, program: str, model: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = Path(scratch) / "ours.csv", Path(scratch) / "theirs.csv"
        baseline = [sys.executable, str(HERE / "baseline.py"), model, str(films), str(theirs)]
        screen = [program, "screen", str(films), "--out", str(ours)]
        cores = str(os.cpu_count())
        contenders: Dict[str, List[List[str]]] = {
            "ours, 1 worker": [screen + ["--workers", "1"]],
            "ours, 2 workers": [screen + ["--workers", "2"]],
            "ours, 2 programs of 1 worker": [
                [program, "screen", str(half), "--out", f"{half}.csv", "--workers", "1"] for half in halves(films, Path(scratch))
            ],
            "ours": [screen + ["--workers", cores]],
            "Python as it comes": [baseline + ["--workers", cores]],
            "Python, 1 thread a process": [baseline + ["--workers", cores, "--threads", "1"]],
        }
        times: Dict[str, List[float]] = {key: [] for key in contenders}
        for _ in range(rounds):
            for key, commands in contenders.items():
                times[key].append(seconds(*commands))
        here, there = rows(ours), rows(theirs)
    number = len(there)
    print(f"\n{name}: {number} films, {rounds} rounds, load {os.getloadavg()[0]:.1f} on {cores} cores")
    for key, spent in times.items():
        print(f"  {key:28} {number / statistics.median(spent):7.1f} films/s")
    ratio: Callable[[str, str], float] = lambda a, b: statistics.median(y / x for x, y in zip(times[a], times[b]))
    print(f"  ours / Python as it comes          {ratio('ours', 'Python as it comes'):.2f}")
    print(f"  ours / Python, 1 thread a process  {ratio('ours', 'Python, 1 thread a process'):.2f}")
    print(f"  2 workers / 1 worker               {ratio('ours, 2 workers', 'ours, 1 worker'):.2f}")
    print(f"  2 programs / 1 worker              {ratio('ours, 2 programs of 1 worker', 'ours, 1 worker'):.2f}")
    both = [(float(here[k]["probability"]), float(there[k]["probability"])) for k in there if here[k]["probability"]]
    largest = max((abs(a - b) for a, b in both), default=float("nan"))
    print(f"  {len(here)} rows, {len(both)} judged by both, largest difference in probability {largest:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("dicom", type=Path)
    parser.add_argument("--pictures", type=Path, action="append", default=[])
    parser.add_argument("--films", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as films:
        copies(arguments.dicom, Path(films), arguments.films)
        compare("DICOM " + arguments.dicom.name, Path(films), arguments.program, arguments.model, arguments.rounds)
    for pictures in arguments.pictures:
        with tempfile.TemporaryDirectory() as films:
            for path in sorted(p for p in pictures.rglob("*") if p.suffix in (".jpeg", ".jpg", ".png"))[: arguments.films]:
                shutil.copy(path, films)
            compare(f"pictures of {pictures.name}", Path(films), arguments.program, arguments.model, arguments.rounds)


if __name__ == "__main__":
    main()
