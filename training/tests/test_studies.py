"""What the studies hide, see and quantise."""

import numpy as np
import torch

from pneumotrain import explain, export, shortcuts
from pneumotrain.calibrate import Calibration
from pneumotrain.network import LeanNet
from pneumotrain.predict import Model, Outputs


def test_only_the_chosen_cells_are_hidden():
    film = np.random.default_rng(1).random((224, 224), dtype=np.float32)
    cells = np.zeros((14, 14), bool)
    cells[3, 5] = True
    changed = explain.hide(film, cells) != film
    assert changed[48:64, 80:96].mean() > 0.99
    changed[48:64, 80:96] = False
    assert not changed.any()


class Corner:
    """A model that looks at one corner only, and whose map says so, or lies."""

    def __init__(self, honest: bool) -> None:
        self.calibration = Calibration(1.0, 0.0)
        self.honest = honest

    def run(self, films: np.ndarray) -> Outputs:
        logits = 20 * films[:, :32, :32].std((1, 2))
        maps = np.zeros((len(films), 14, 14), np.float32)
        maps[:, :2, :2] = 1
        maps[:, -5:, -5:] -= 0.1
        if not self.honest:
            maps = maps[:, ::-1, ::-1]
        return Outputs(logits - 3, maps, np.zeros((len(films), 1)))


def test_an_honest_map_moves_the_probability_more():
    films = np.random.default_rng(2).random((12, 224, 224), dtype=np.float32)
    honest, lying = (explain.measure(Corner(h), films)["weightiest_moves_more"]["value"] for h in (True, False))
    assert honest == 1.0 and lying < 0.5


def test_border_is_a_tenth_of_the_side():
    mask = shortcuts.border_mask(40)
    assert mask[:4].all() and mask[:, -4:].all() and not mask[4:-4, 4:-4].any()
    assert shortcuts.glimpse(np.zeros((2, 224, 224), np.float32), "border").shape == (2, mask.sum())


def test_int8_stays_near_fp32(tmp_path):
    from pneumotrain import int8

    torch.manual_seed(3)
    net = LeanNet().eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.3, 0.6)
    torch.nn.init.normal_(net.head_fine.weight, std=0.1)
    export.save(export.build(net), tmp_path / "model.onnx")
    films = np.random.default_rng(4).random((8, 224, 224), dtype=np.float32) ** np.arange(1, 9)[:, None, None]
    int8.quantise(tmp_path / "model.onnx", tmp_path / "int8.onnx", ((films - 0.5) / 0.25)[:, None].astype(np.float32))
    plain = Model(tmp_path / "model.onnx").run(films, (0.5, 0.25)).logits
    small = Model(tmp_path / "int8.onnx").run(films, (0.5, 0.25)).logits
    assert (tmp_path / "int8.onnx").stat().st_size < 0.5 * (tmp_path / "model.onnx").stat().st_size
    assert np.corrcoef(plain, small)[0, 1] > 0.98
