"""A run killed at any moment ends as one that was not."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from pneumotrain import checkpoint
from pneumotrain.presets import PRESETS
from pneumotrain.train import load_material, run, run_preset

TRAINING = Path(__file__).resolve().parents[1]


def test_killed_and_resumed_equals_uninterrupted(surroundings):
    folder = surroundings / "training" / "tiny-seed1"
    command = [sys.executable, "-m", "pneumotrain.train", "tiny"]
    process = subprocess.Popen(command, cwd=TRAINING, env=dict(os.environ), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (folder / "last.pt").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stopped = checkpoint.load(folder / "last.pt")
    assert stopped is not None and stopped["step"] < PRESETS["tiny"].steps, "the run was over before it was killed"
    subprocess.run(command, cwd=TRAINING, env=dict(os.environ), stdout=subprocess.DEVNULL, check=True)
    resumed = checkpoint.load(folder / "last.pt")
    whole = run(PRESETS["tiny"], load_material(), surroundings / "whole")
    assert resumed["step"] == whole["step"] == PRESETS["tiny"].steps
    for part in ("trainee", "averaged"):
        for name, value in whole[part].items():
            assert torch.equal(value, resumed[part][name]), f"{part} {name}"


def test_refinement_begins_with_the_averaged_weights(surroundings, tmp_path):
    material = load_material()
    frozen = replace(PRESETS["tiny-refined"], learning_rate=0.0, ema=0.0, weight_decay=0.0)
    refined = run_preset(frozen, material, tmp_path)
    before = checkpoint.load(tmp_path / "tiny-seed1" / "last.pt")
    assert before["step"] == PRESETS["tiny"].steps
    for name, value in before["averaged"].items():
        if name.endswith("weight"):
            assert torch.equal(value, refined["averaged"][name]), name


def test_half_written_checkpoint_is_never_seen(tmp_path):
    path = tmp_path / "last.pt"
    checkpoint.save({"step": 1}, path)
    (tmp_path / "last.pt.1.partial").write_bytes(b"half")
    assert checkpoint.load(path)["step"] == 1
    assert checkpoint.load(tmp_path / "none.pt") is None
