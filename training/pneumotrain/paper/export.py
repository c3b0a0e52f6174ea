"""The paper's network as ONNX."""

from __future__ import annotations

import onnx

from ..export import Graph
from .network import AnyUnit, GhostUnit, PaperNet


def _unit(g: Graph, name: str, x: str, unit: AnyUnit) -> str:
    own = g.relu(g.folded(name, x, unit.conv, unit.bn))
    if not isinstance(unit, GhostUnit):
        return own
    ghosts = g.relu(g.folded(name + ".cheap", own, unit.cheap, unit.cheap_bn))
    both = g.add("Concat", [own, ghosts], name + ".both", axis=1)
    if unit.conv.out_channels + unit.cheap.out_channels == unit.outputs:
        return both
    bounds = [g.integers(f"{name}.{k}", v) for k, v in (("from", 0), ("to", unit.outputs), ("axis", 1))]
    return g.add("Slice", [both, *bounds], name + ".kept")


def build(net: PaperNet, size: int = 224) -> onnx.ModelProto:
    """The network in evaluation, the film repeated over three channels as in ResNet50."""
    net = net.eval()
    g = Graph()
    repeated = g.add("Concat", ["film", "film", "film"], "film.three", axis=1)
    x = _unit(g, "stem", repeated, net.stem)
    x = g.add("MaxPool", [x], "stem.pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for i, stage in enumerate(net.stages):
        for j, block in enumerate(stage):
            name = f"stage{i + 1}.{j + 1}"
            shortcut = g.folded(name + ".convp", x, block.convp, block.bnp) if block.projected else x
            y = _unit(g, name + ".second", _unit(g, name + ".first", x, block.first), block.second)
            y = g.folded(name + ".conv3", y, block.conv3, block.bn3)
            x = g.relu(g.add("Add", [shortcut, y], name + ".add"))
    weight, bias = net.head.weight.detach().numpy(), net.head.bias.detach().numpy()
    cells = g.conv("head", x, (weight[1:] - weight[:1])[:, :, None, None], bias[1:] - bias[:1])
    g.repeated("map", cells)
    g.pooled("logit", "map")
    g.pooled("features", x)
    return g.model(net.feature_count, size)
