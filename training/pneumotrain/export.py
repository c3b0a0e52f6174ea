"""From trained weights to an ONNX file, node by node.

BatchNorm is folded into the convolutions in double precision. The graph is
written by hand rather than traced: names, opset and IR version stay the same
whatever PyTorch made the weights.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .network import Bottleneck, LeanNet, window

OPSET = 17
IR_VERSION = 8
METADATA_KEY = "pneumolight"
CELL = 16
"""Side of the map's cells in pixels of the film."""


def fold(conv: nn.Conv2d, bn: nn.BatchNorm2d) -> Tuple[np.ndarray, np.ndarray]:
    """Weight and bias of the one convolution that equals both in evaluation."""
    weight = conv.weight.detach().numpy().astype(np.float64)
    scale = bn.weight.detach().numpy().astype(np.float64) / np.sqrt(
        bn.running_var.numpy().astype(np.float64) + bn.eps
    )
    bias = bn.bias.detach().numpy() - bn.running_mean.numpy().astype(np.float64) * scale
    return (weight * scale[:, None, None, None]).astype(np.float32), bias.astype(np.float32)


class Graph:
    """Nodes and weights in the order in which they are added."""

    def __init__(self) -> None:
        self.nodes: List[onnx.NodeProto] = []
        self.weights: List[onnx.TensorProto] = []

    def add(self, kind: str, inputs: List[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, name: str, *values: int) -> str:
        return self.weight(name, np.array(values, np.int64))

    def conv(self, name: str, x: str, weight: np.ndarray, bias: np.ndarray, stride: int = 1, groups: int = 1) -> str:
        edge = weight.shape[2]
        inputs = [x, self.weight(name + ".weight", weight), self.weight(name + ".bias", bias)]
        return self.add(
            "Conv", inputs, name, kernel_shape=[edge, edge], strides=[stride, stride], pads=[edge // 2] * 4, group=groups
        )

    def folded(self, name: str, x: str, conv: nn.Conv2d, bn: nn.BatchNorm2d) -> str:
        return self.conv(name, x, *fold(conv, bn), stride=conv.stride[0], groups=conv.groups)

    def relu(self, x: str) -> str:
        return self.add("Relu", [x], x + ".relu")

    def bottleneck(self, name: str, x: str, block: Bottleneck) -> str:
        shortcut = self.folded(name + ".convp", x, block.convp, block.bnp) if block.projected else x
        y = self.relu(self.folded(name + ".conv1", x, block.conv1, block.bn1))
        y = self.relu(self.folded(name + ".conv2", y, block.conv2, block.bn2))
        y = self.folded(name + ".conv3", y, block.conv3, block.bn3)
        return self.relu(self.add("Add", [shortcut, y], name + ".add"))

    def repeated(self, name: str, x: str) -> str:
        """Every cell 2x2 times."""
        scales = self.weight(name + ".scales", np.array([1, 1, 2, 2], np.float32))
        return self.add(
            "Resize", [x, "", scales], name,
            mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        )

    def pooled(self, name: str, x: str) -> str:
        self.add("GlobalAveragePool", [x], name + ".pool")
        return self.add("Flatten", [name + ".pool"], name, axis=1)

    def model(self, features: int, size: int) -> onnx.ModelProto:
        """The checked model with our one input and three outputs."""
        cells = size // CELL
        graph = helper.make_graph(
            self.nodes, "pneumolight",
            [helper.make_tensor_value_info("film", TensorProto.FLOAT, ["N", 1, size, size])],
            [
                helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["N", 1]),
                helper.make_tensor_value_info("map", TensorProto.FLOAT, ["N", 1, cells, cells]),
                helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", features]),
            ],
            self.weights,
        )
        model = helper.make_model(graph, producer_name="pneumolight", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model


def build(net: LeanNet, size: int = 224) -> onnx.ModelProto:
    """The network in evaluation as an ONNX model with a dynamic batch."""
    net = net.eval()
    g = Graph()
    x = g.relu(g.folded("stem", "film", net.stem, net.stem_bn))
    x = g.add("MaxPool", [x], "stem.pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    stages = []
    for i, stage in enumerate(net.stages):
        for j, block in enumerate(stage):
            x = g.bottleneck(f"stage{i + 1}.{j + 1}", x, block)
        stages.append(x)
    no_bias = np.zeros(1, np.float32)
    fine = g.conv("head.fine", stages[2], net.head_fine.weight.detach().numpy(), no_bias)
    coarse = g.conv(
        "head.coarse", stages[3], net.head_coarse.weight.detach().numpy(), net.head_coarse.bias.detach().numpy()
    )
    both = g.add("Add", [fine, g.repeated("head.repeated", coarse)], "head.both")
    cells = size // CELL
    g.add("Mul", [both, g.weight("head.window", window(cells, cells).numpy())], "map")
    g.pooled("logit", "map")
    pooled = [g.pooled(f"pooled{i + 2}", s) for i, s in enumerate(stages[1:])]
    g.add("Concat", pooled, "features", axis=1)
    return g.model(net.feature_count, size)


def set_metadata(model: onnx.ModelProto, metadata: Dict[str, Any]) -> None:
    """Put the one JSON document that the program reads into the file's properties."""
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key = METADATA_KEY
    entry.value = json.dumps(metadata, sort_keys=True, allow_nan=False)


def get_metadata(model: onnx.ModelProto) -> Dict[str, Any]:
    """The JSON document of a file."""
    for entry in model.metadata_props:
        if entry.key == METADATA_KEY:
            return json.loads(entry.value)
    raise ValueError(f"the model has no metadata key {METADATA_KEY!r}")


def save(model: onnx.ModelProto, path: Path) -> None:
    """Write whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    with open(partial, "wb") as handle:
        handle.write(model.SerializeToString())
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(partial, path)
