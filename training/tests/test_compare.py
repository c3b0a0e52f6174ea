"""Networks are compared on the same films, and a refined run is released halfway to the one before."""

import json
from dataclasses import replace

import numpy as np
import torch

from pneumotrain import card, compare, metrics, seeds
from pneumotrain.films import cache_root
from pneumotrain.presets import PRESETS
from pneumotrain.train import finished_weights, load_material, of_domains, run_preset


def test_refined_and_plain_are_compared(surroundings, monkeypatch, capsys):
    monkeypatch.setattr(metrics, "REPEATS", 20)
    monkeypatch.setattr(compare.calibrate, "fit", lambda *a: compare.calibrate.Calibration(1.5, -0.25))
    refined = PRESETS["tiny-refined"]
    state = run_preset(refined, load_material(), cache_root())
    old, _ = finished_weights(PRESETS["tiny"], cache_root())
    mixed, step = finished_weights(refined, cache_root())
    name = "net.head_fine.weight"
    torch.testing.assert_close(mixed[name], (old[name] + state["averaged"][name]) / 2)
    assert step == refined.steps and not torch.equal(old[name], state["averaged"][name])

    capsys.readouterr()
    compare.main(["tiny-refined:1", "tiny:1", "tiny-refined:1:0"])
    found = json.loads(capsys.readouterr().out)
    less = found["tiny-refined:1 less"]
    gap = found["alone"]["tiny-refined:1"]["auc"]["nih"]["value"] - found["alone"]["tiny:1"]["auc"]["nih"]["value"]
    assert abs(less["tiny:1"]["auc"]["nih"]["value"] - gap) < 1e-6
    # A share of nothing is the run before.
    assert less["tiny-refined:1:0"]["auc"] == less["tiny:1"]["auc"]


def test_seeds_that_have_come_to_their_end_are_measured(surroundings, monkeypatch):
    monkeypatch.setattr(metrics, "REPEATS", 20)
    monkeypatch.setattr(seeds, "SEEDS", (1, 2, 3))
    material, cache = load_material(), cache_root()
    for seed, preset in ((1, PRESETS["tiny"]), (2, PRESETS["tiny"]), (3, replace(PRESETS["tiny"], schedule=((64, 3),)))):
        run_preset(replace(preset, seed=seed), material, cache)
    found = seeds.measure(material, cache, ("tiny",))
    recipe = found["recipes"]["tiny"]
    assert recipe["seeds"] == [1, 2] and not found["less_resnet50"]  # the third stopped early
    assert recipe["auc"]["nih"][0] != recipe["auc"]["nih"][1] or recipe["auc"]["kermany"][0] != recipe["auc"]["kermany"][1]

    assert seeds.domain_costs(cache, "tiny", ["tiny-nih-alone"], 1) == {}
    state = run_preset(PRESETS["tiny-nih-alone"], material, cache)
    costs = seeds.domain_costs(cache, "tiny", ["tiny-nih-alone"], 1)
    assert costs["step"] == 12 and costs["auc"]["tiny-nih-alone"]["kermany"] == state["history"][-1]["kermany"]
    assert costs["auc"]["tiny"] != costs["auc"]["tiny-nih-alone"]
    assert f"{recipe['auc']['nih'][1]:.3f}" in "\n".join(card._seeds({**found, "domain_costs": costs}))


def test_a_run_on_one_domain_learns_from_it_alone(surroundings):
    material = load_material()
    alone = of_domains(material, ("nih",))
    assert {f.domain for f in alone.films} == {"nih"} and len(alone.prepared) == len(alone.films)
    np.testing.assert_array_equal(alone.prepared[0], material.prepared[[f.domain for f in material.films].index("nih")])
    assert alone.watch_films == material.watch_films


def test_the_mean_over_seeds_is_compared():
    labels = np.array([0, 0, 1, 1])
    right, wrong = np.array([0.0, 1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0, 0.0])
    assert seeds.mean_auc(labels, right, wrong) == 0.5
