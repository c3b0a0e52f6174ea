"""From films to the shipped files, the whole line, on a tiny network."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from pneumotrain import fitgate, gate, lateral, metrics, predict, release
from pneumotrain.films import cache_root
from pneumotrain.paper import release as paper
from pneumotrain.paper.run import NIGHT, Plan, pipeline
from pneumotrain.presets import PRESETS
from pneumotrain.train import load_material, run_preset

pytest.importorskip("onnxruntime")


@pytest.fixture()
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little of everything, and a calibration that a hardly trained network can have."""
    monkeypatch.setattr(metrics, "REPEATS", 20)
    monkeypatch.setattr(release, "plot_reliability", lambda *a: None)
    for name, count in (("SPOILT", 8), ("LATERALS", 4), ("MEASURED_LATERALS", 3)):
        monkeypatch.setattr(fitgate, name, count)
    monkeypatch.setattr(fitgate.negatives, "made_from", lambda films: {"inverted": 1 - films[:8]})
    monkeypatch.setattr(release.calibrate, "fit", lambda *a: release.Calibration(1.5, -0.25))


def test_release_writes_model_card_and_figures(surroundings, tmp_path, few):
    preset = PRESETS["tiny-refined"]
    run_preset(preset, load_material(), cache_root())
    assets = tmp_path / "assets"
    document = release.release(release.trained_lean(preset, cache_root(), "a note"), "1.2.3", "a command", assets)

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
    assert "taught by that preset's seeds 1, 2" in card and "50 % of the way" in card and "second model" not in card
    assert f"{auc:.3f}" in card and "1.2.3" in card and "Research use only" in card and "a note" in card

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


def test_the_papers_network_is_a_model_too(surroundings, tmp_path, few):
    def short(preset):
        return replace(preset, schedule=((64, 2),), batch=8, checkpoint_every=1)

    plan = Plan(short(NIGHT.sparse), short(NIGHT.sparse_full), short(NIGHT.tuned), rates=(50,), scale=8)
    with pytest.raises(FileNotFoundError):
        paper.trained_stage("tuned-50", 1, tmp_path, plan)
    pipeline(plan, load_material(), tmp_path)
    paper.release(paper.trained_stage("tuned-50", 1, tmp_path, plan), "0.0.1", "a command", tmp_path)
    model = predict.Model(tmp_path / "paper.onnx")
    found = json.loads((tmp_path / "paper-metrics.json").read_text(encoding="utf-8"))
    assert model.metadata["name"] == paper.NAME and model.metadata["threshold"] == pytest.approx(found["thresholds"]["threshold"], abs=1e-6)
    card = "\n".join(release.card._second(found))
    assert f"{found['validation']['nih']['auc']['value']:.3f}" in card and "0.0.1" in card
    outputs = model.run(np.array(load_material().watch_prepared))
    reasons = gate.from_metadata(model.metadata["gate"]).refuse(outputs.features)
    assert len(reasons) == len(outputs.logits)
    kermany = sorted(model.calibration.probability(outputs.logits[:found["validation"]["kermany"]["films"]]))
    said = model.metadata["reference"]["kermany"]
    np.testing.assert_allclose(sorted(said["pneumonia"] + said["normal"]), kermany, atol=1e-4)
