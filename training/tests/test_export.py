"""The ONNX file is the network."""

import numpy as np
import onnx
import pytest
import torch

from pneumotrain import export
from pneumotrain.network import LeanNet
from pneumotrain.predict import Model


def unsettled(seed: int) -> LeanNet:
    """A network whose BatchNorm statistics and heads are nowhere at their defaults."""
    torch.manual_seed(seed)
    net = LeanNet()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.1)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
    torch.nn.init.normal_(net.head_fine.weight, std=0.05)
    torch.nn.init.normal_(net.head_coarse.weight, std=0.05)
    return net.eval()


@pytest.mark.parametrize("batch", [1, 3])
def test_onnx_equals_torch(tmp_path, batch):
    net = unsettled(4)
    path = tmp_path / "model.onnx"
    export.save(export.build(net), path)
    films = np.random.default_rng(5).random((batch, 224, 224), dtype=np.float32)
    outputs = Model(path).run(films, (0.5, 0.25))
    with torch.no_grad():
        expected = net(torch.from_numpy((films - 0.5) / 0.25)[:, None])
    np.testing.assert_allclose(outputs.logits, expected.logit[:, 0].numpy(), atol=1e-3)
    np.testing.assert_allclose(outputs.maps, expected.map[:, 0].numpy(), atol=1e-3)
    np.testing.assert_allclose(outputs.features, expected.features.numpy(), atol=1e-3)
    np.testing.assert_allclose(outputs.maps.mean((1, 2)), outputs.logits, atol=1e-4)


def test_versions_and_metadata(tmp_path):
    model = export.build(unsettled(6))
    export.set_metadata(model, {"format": 1, "classes": ["normal", "pneumonia"]})
    path = tmp_path / "model.onnx"
    export.save(model, path)
    loaded = onnx.load(str(path))
    assert loaded.ir_version <= 10 and loaded.opset_import[0].version <= 21
    assert export.get_metadata(loaded) == Model(path).metadata == {"format": 1, "classes": ["normal", "pneumonia"]}
