"""Networks are compared on the same films, and a refined run is released halfway to the one before."""

import json
from dataclasses import replace

import numpy as np
import torch

from pneumotrain import card, compare, export, metrics, records, seeds
from pneumotrain.films import cache_root
from pneumotrain.network import LeanNet
from pneumotrain.presets import PRESETS
from pneumotrain.train import elder, finished_weights, load_material, of_domains, run_preset, taught, teaching, trained_network


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


def test_seeds_that_have_come_to_their_end_are_measured(surroundings, tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "REPEATS", 20)
    material, cache = load_material(), cache_root()
    for seed, preset in ((1, PRESETS["tiny"]), (2, PRESETS["tiny"]), (3, replace(PRESETS["tiny"], schedule=((64, 3),)))):
        run_preset(replace(preset, seed=seed), material, cache)
    films = material.watch_films
    runs = records.refresh(material, cache, tmp_path, ("tiny",))
    found = seeds.measure(films, runs, ("tiny",))
    recipe = found["recipes"]["tiny"]
    assert recipe["seeds"] == [1, 2] and not found["less_resnet50"]  # the third stopped early
    assert recipe["auc"]["nih"][0] != recipe["auc"]["nih"][1] or recipe["auc"]["kermany"][0] != recipe["auc"]["kermany"][1]

    assert seeds.domain_costs(runs, "tiny", ["tiny-nih-alone"]) == {}
    state = run_preset(PRESETS["tiny-nih-alone"], material, cache)
    (cache / "tiny-seed2" / "last.pt").unlink()  # what a record holds outlives its checkpoint
    runs = records.refresh(material, cache, tmp_path, ("tiny", "tiny-nih-alone"))
    assert seeds.measure(films, runs, ("tiny",)) == found
    costs = seeds.domain_costs(runs, "tiny", ["tiny-nih-alone"])
    assert costs["step"] == 12 and costs["auc"]["tiny-nih-alone"]["kermany"] == state["history"][-1]["kermany"]
    own = next(r for r in runs if (r.run, r.seed) == ("tiny", 1)).history[-1]
    assert costs["seed"] == 1 and costs["auc"]["tiny"] == {k: own[k] for k in ("kermany", "nih", "nih (rsna)", "nih (nih)")}
    assert f"{recipe['auc']['nih'][1]:.3f}" in "\n".join(card._seeds({**found, "domain_costs": costs}))

    # Records say nothing of other films.
    assert records.load(tmp_path, films[1:]) == []


def test_a_record_holds_what_the_network_says(surroundings, tmp_path):
    material, cache = load_material(), cache_root()
    state = run_preset(PRESETS["tiny"], material, cache)
    (record,) = records.refresh(material, cache, tmp_path, ("tiny",))
    net, _ = trained_network(state["averaged"], LeanNet(PRESETS["tiny"].shape))
    x = torch.from_numpy((np.array(material.watch_prepared) - state["norm"][0]) / state["norm"][1])[:, None]
    with torch.no_grad():
        np.testing.assert_allclose(record.logits, net(x).logit[:, 0].numpy(), atol=1e-3)
    assert record.finished and record.history == state["history"]


def test_teachers_say_half_of_what_a_student_learns(surroundings):
    """The teachers' mean logit counts, and it changes what is learnt."""
    torch.manual_seed(0)
    a, b = (LeanNet(PRESETS["tiny"].shape).eval() for _ in range(2))
    for net, bias in ((a, 1.0), (b, 3.0)):
        torch.nn.init.zeros_(net.head_fine.weight)
        torch.nn.init.zeros_(net.head_coarse.weight)
        torch.nn.init.constant_(net.head_coarse.bias, bias)
    films = torch.randn(4, 1, 64, 64)
    torch.testing.assert_close(taught([teaching(a, False), teaching(b, False)], films), torch.full((4,), 2.0).sigmoid())

    material, cache = load_material(), cache_root()
    refined = PRESETS["tiny-refined"]
    taught_by_two = run_preset(refined, material, cache)["averaged"]
    alone = run_preset(replace(refined, name="tiny-untaught", teachers=()), material, cache)["averaged"]
    assert not torch.equal(taught_by_two["net.head_fine.weight"], alone["net.head_fine.weight"])


def test_an_elder_sees_films_at_its_own_size_and_as_it_normalises_them(tmp_path):
    torch.manual_seed(0)
    net = LeanNet(PRESETS["tiny"].shape).eval()
    torch.nn.init.normal_(net.head_fine.weight)
    graph = export.build(net)
    export.set_metadata(graph, {"input": {"width": 224, "height": 224, "mean": 0.4, "std": 0.2}})
    export.save(graph, tmp_path / "elder.onnx")
    films = torch.rand(3, 1, 28, 28).repeat_interleave(4, 2).repeat_interleave(4, 3)  # of 112, in cells of 4
    said = elder(tmp_path / "elder.onnx", (0.5, 0.25))((films - 0.5) / 0.25)
    with torch.no_grad():
        large = torch.nn.functional.interpolate(films, size=(224, 224), mode="bilinear")
        torch.testing.assert_close(said, net((large - 0.4) / 0.2).logit[:, 0], atol=1e-3, rtol=1e-3)


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
