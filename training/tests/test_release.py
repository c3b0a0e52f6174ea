"""From films to the shipped files, the whole line, on a tiny network."""

import csv
import json

import numpy as np
import pytest

from pneumotrain import fitgate, gate, lateral, metrics, predict, release
from pneumotrain.films import cache_root
from pneumotrain.presets import PRESETS
from pneumotrain.train import load_material, run_preset

pytest.importorskip("onnxruntime")


def test_release_writes_model_card_and_figures(surroundings, tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "REPEATS", 20)
    monkeypatch.setattr(release, "plot_reliability", lambda *a: None)
    for name, few in (("SPOILT", 8), ("LATERALS", 4), ("MEASURED_LATERALS", 3)):
        monkeypatch.setattr(fitgate, name, few)
    monkeypatch.setattr(fitgate.negatives, "made_from", lambda films: {"inverted": 1 - films[:8]})
    monkeypatch.setattr(release.calibrate, "fit", lambda *a: release.Calibration(1.5, -0.25))
    preset = PRESETS["tiny-refined"]
    run_preset(preset, load_material(), cache_root())
    assets = tmp_path / "assets"
    document = release.release(preset, "1.2.3", assets)

    model = predict.Model(assets / "model.onnx")
    m = model.metadata
    assert m["format"] == 1 and m["version"] == "1.2.3" and m["classes"] == ["normal", "pneumonia"]
    assert m["uncertain"]["low"] <= m["threshold"] <= m["uncertain"]["high"]
    assert m["input"]["resample"] == "triangle" and m["input"]["width"] == 224
    assert document["export"]["largest_logit_difference"] <= release.TOLERANCE
    reasons = gate.from_metadata(m["gate"]).refuse(model.run(np.array(load_material().watch_prepared)).features)
    assert len(reasons) == document["validation"]["kermany"]["films"] + document["validation"]["nih"]["films"]

    assert m["gate"]["view"]["classes"][-1] == "lateral"
    assert set(document["gate"]["lateral_of_a_family_not_fitted"]) == set(lateral.FAMILIES)

    card = (assets / "MODEL_CARD.md").read_text(encoding="utf-8")
    auc = json.loads((assets / "metrics.json").read_text(encoding="utf-8"))["validation"]["kermany"]["auc"]["value"]
    assert f"{auc:.3f}" in card and "1.2.3" in card and "Research use only" in card

    predict.main(["--model", str(assets / "model.onnx"), "--out", str(tmp_path / "p.csv")])
    with open(tmp_path / "p.csv", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {r["domain"] for r in rows} == {"kermany", "nih"}
    assert any(r["file"].startswith("original/") for r in rows)
    p = model.calibration.probability(np.array([float(r["logit"]) for r in rows]))
    np.testing.assert_allclose(p, [float(r["probability"]) for r in rows], atol=1e-5)
    for domain, by_label in m["reference"].items():
        for label, reference in by_label.items():
            own = [float(r["probability"]) for r in rows
                   if (r["domain"], r["label"]) == (domain, label) and not r["file"].startswith("original/")]
            np.testing.assert_allclose(reference, sorted(own), atol=1e-4)
