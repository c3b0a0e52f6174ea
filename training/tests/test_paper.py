"""The paper's compression: its counts, and that each step keeps what it should."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from pneumotrain import export, metrics, records
from pneumotrain.films import cache_root
from pneumotrain.network import LeanNet
from pneumotrain.paper import export as paper_export, table
from pneumotrain.paper.ghost import ghost
from pneumotrain.paper.network import GhostUnit, PaperNet, count
from pneumotrain.paper.prune import prune, sparsity
from pneumotrain.paper.rates import FULL, RATES, widths
from pneumotrain.paper.run import NIGHT, Plan, pipeline
from pneumotrain.predict import Model
from pneumotrain.presets import PRESETS
from pneumotrain.train import load_material

SMALL = 8  # divides every width
FULL_SMALL = tuple((w // SMALL, w // SMALL) for w in FULL)
HALF_SMALL = tuple((w // SMALL // 2, w // SMALL // 2) for w in FULL)


def unsettled(inner, ghosts=False):
    """A small network with BatchNorm as after training."""
    torch.manual_seed(1)
    net = PaperNet(inner, ghost=ghosts, scale=SMALL)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.2, 1.2)
            torch.nn.init.normal_(module.bias, std=0.1)
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return net.eval()


def test_resnet50_is_resnet50():
    counts = count(PaperNet(widths(0)))
    assert counts["parameters"] == 23_512_130
    assert abs(counts["flops"] / 4.12e9 - 1) < 0.01


def test_ninety_percent_has_the_papers_counts():
    counts = count(PaperNet(widths(90), ghost=True))
    assert abs(counts["parameters"] / 3.455e6 - 1) < 0.005
    assert abs(counts["flops"] / 523.09e6 - 1) < 0.01


def test_more_pruning_leaves_less():
    sizes = [count(PaperNet(widths(rate), ghost=True), size=64) for rate in (0, *sorted(RATES))]
    for before, after in zip(sizes, sizes[1:]):
        assert after["parameters"] < before["parameters"] and after["macs"] < before["macs"]


def test_pruning_dead_channels_changes_nothing():
    net = unsettled(FULL_SMALL)
    for stage, (first, second) in zip(net.stages, HALF_SMALL):
        for block in stage:
            for unit, keep in ((block.first, first), (block.second, second)):
                dead = torch.randperm(unit.outputs)[keep:]
                unit.bn.weight.data[dead] = 0
                unit.bn.bias.data[dead] = -1  # after ReLU: nothing
    films = torch.randn(2, 1, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(prune(net, HALF_SMALL).eval()(films).logit, net(films).logit, atol=1e-5, rtol=1e-4)


def test_pruning_drops_the_smallest_weights():
    net = unsettled(FULL_SMALL)
    small = prune(net, HALF_SMALL)
    for old, new in zip(net.stages[2], small.stages[2]):
        kept = new.first.bn.weight.detach()
        dropped = sorted(old.first.bn.weight.detach().abs().tolist())[: old.first.outputs - new.first.outputs]
        assert kept.abs().min() >= max(dropped)


def test_penalty_shrinks_what_pruning_looks_at():
    net = unsettled(FULL_SMALL)
    sparsity(net).backward()
    assert (net.stages[0][0].first.bn.weight.grad == 1).all()
    assert net.stages[0][0].bn3.weight.grad is None


def test_ghosts_fit_channels_that_are_copies():
    """Where every channel is a multiple of one of the kept quarter, ghosts lose nothing."""
    net = unsettled(FULL_SMALL)
    for unit in [net.stem] + [u for s in net.stages for b in s for u in (b.first, b.second)]:
        count_own = -(-unit.outputs // 4)
        for c in range(count_own, unit.outputs):
            source = c % count_own
            unit.conv.weight.data[c] = unit.conv.weight.data[source]
            for values in (unit.bn.running_mean, unit.bn.running_var):
                values[c] = values[source]
            unit.bn.weight.data[c] = 0.1 * unit.bn.weight.data[source]
            unit.bn.bias.data[c] = 0.1 * unit.bn.bias.data[source]
        unit.bn.weight.data[:count_own] += 2  # the copies are the weak ones
        for c in range(count_own, unit.outputs):
            source = c % count_own
            unit.bn.weight.data[c] = 0.1 * unit.bn.weight.data[source]
            unit.bn.bias.data[c] = 0.1 * unit.bn.bias.data[source]
    torch.manual_seed(2)
    films = torch.nn.functional.interpolate(torch.randn(8, 1, 16, 16), size=(96, 96), mode="bilinear")
    made = ghost(net, films).eval()
    assert all(isinstance(b.second, GhostUnit) for s in made.stages for b in s)
    with torch.no_grad():
        wanted, got = net(films).features, made(films).features
    random_ghosts = PaperNet(FULL_SMALL, ghost=True, scale=SMALL).eval()
    with torch.no_grad():
        unfitted = random_ghosts(films).features
    assert (wanted - got).norm() < 0.25 * wanted.norm()
    assert (wanted - got).norm() < 0.5 * (wanted - unfitted).norm()


@pytest.mark.parametrize("ghosts", [False, True])
def test_onnx_equals_torch(tmp_path, ghosts):
    net = unsettled(HALF_SMALL, ghosts)
    export.save(paper_export.build(net), tmp_path / "m.onnx")
    films = np.random.default_rng(3).random((2, 224, 224), dtype=np.float32)
    outputs = Model(tmp_path / "m.onnx").run(films, (0.5, 0.25))
    with torch.no_grad():
        expected = net(torch.from_numpy((films - 0.5) / 0.25)[:, None])
    np.testing.assert_allclose(outputs.logits, expected.logit[:, 0].numpy(), atol=1e-3)
    np.testing.assert_allclose(outputs.maps, expected.map[:, 0].numpy(), atol=1e-3)


def test_the_table_holds_what_has_been_trained(surroundings, tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "REPEATS", 20)
    monkeypatch.setattr(table, "plot", lambda *a: None)

    def short(preset):
        return replace(preset, schedule=((64, 2),), batch=8, checkpoint_every=1)

    plan = Plan(short(NIGHT.sparse), short(NIGHT.sparse_full), short(NIGHT.tuned), rates=(50,), scale=SMALL)
    material, cache, kept = load_material(), cache_root(), tmp_path / "records"
    folder = cache / "paper-seed1"
    for part in ("control", "tuned"):  # as two processes would
        pipeline(plan, material, folder, (part,))
    runs = records.refresh(material, cache, kept, (), plan)
    shipped = export.build(LeanNet(PRESETS["tiny"].shape))
    export.set_metadata(shipped, {
        "name": "shipped", "version": "1", "input": {"mean": 0.5, "std": 0.25}, "training": {"steps": 2}, "parameters": 9, "macs": 9,
    })
    export.save(shipped, tmp_path / "shipped.onnx")

    found = table.measure(plan, material, runs, tmp_path / "shipped.onnx")
    assert list(found["rows"]) == ["sparse-224", "tuned-50", "control-50", "shipped"] and not found["to_come"]
    parameters = [row["parameters"] for row in found["rows"].values()]
    assert parameters[0] > parameters[1] == parameters[2]
    less = found["shipped_less_resnet50"]["nih"]["value"]
    auc = {name: row["auc"]["nih"]["value"] for name, row in found["rows"].items()}
    assert less == pytest.approx(auc["shipped"] - auc["sparse-224"])
    table.write(found, tmp_path, tmp_path / "docs")
    assert f"{auc['tuned-50']:.3f}" in (tmp_path / "docs" / "paper.md").read_text()

    # A stage that has not come to its end is named as still to come.
    longer = replace(plan, tuned=replace(plan.tuned, schedule=((64, 3),)))
    found = table.measure(longer, material, records.refresh(material, cache, kept, (), longer), tmp_path / "shipped.onnx")
    assert list(found["rows"]) == ["sparse-224", "shipped"] and len(found["to_come"]) == 2
