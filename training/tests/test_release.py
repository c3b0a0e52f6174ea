"""From films to the shipped files, the whole line, on a tiny network."""

import csv
import json

import numpy as np
import pytest

from pneumotrain import gate, metrics, predict, release
from pneumotrain.presets import PRESETS
from pneumotrain.train import load_material, run

pytest.importorskip("onnxruntime")


def test_release_writes_model_card_and_figures(surroundings, tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "REPEATS", 20)
    monkeypatch.setattr(release, "plot_reliability", lambda *a: None)
    monkeypatch.setattr(release, "NEGATIVES", 8)
    monkeypatch.setattr(release.negatives, "made_from", lambda films: {"inverted": 1 - films[:8]})
    monkeypatch.setattr(release.calibrate, "fit", lambda *a: release.Calibration(1.5, -0.25))
    preset = PRESETS["tiny"]
    folder = tmp_path / "run"
    run(preset, load_material(), folder)
    assets = tmp_path / "assets"
    document = release.release(preset, folder, "1.2.3", assets)

    model = predict.Model(assets / "model.onnx")
    m = model.metadata
    assert m["format"] == 1 and m["version"] == "1.2.3" and m["classes"] == ["normal", "pneumonia"]
    assert m["uncertain"]["low"] <= m["threshold"] <= m["uncertain"]["high"]
    for domain, by_label in m["reference"].items():
        validation = document["validation"][domain]
        assert [len(by_label[n]) for n in m["classes"]] == [validation["films"] - validation["pneumonia"], validation["pneumonia"]]
        assert by_label["pneumonia"] == sorted(by_label["pneumonia"])
        above = np.mean(np.array(by_label["pneumonia"]) >= m["threshold"])
        assert above == pytest.approx(validation["sensitivity"]["value"], abs=0.05)
    assert m["input"]["resample"] == "triangle" and m["input"]["width"] == 224
    assert document["export"]["largest_logit_difference"] <= release.TOLERANCE
    reasons = gate.from_metadata(m["gate"]).refuse(model.run(np.array(load_material().watch_prepared)).features)
    assert len(reasons) == document["validation"]["kermany"]["films"] + document["validation"]["nih"]["films"]

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
