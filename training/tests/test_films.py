"""Labels, splits and the sampling of a step."""

import numpy as np

from pneumotrain import augment, films as film_list
from pneumotrain.network import VIEWS
from pneumotrain.presets import PRESETS
from pneumotrain.train import Sampler, load_material, make_batch, at_resolution

import torch


def test_rsna_readers_overrule_mined_labels(tmp_path):
    folder = tmp_path / "nih"
    folder.mkdir()
    (folder / "films.csv").write_text(
        "file,label,nih_findings,rsna_class,patient,age,sex,view,split\n"
        "a.jpg,pneumonia,Pneumonia,Normal,1,50,M,PA,val\n"
        "b.jpg,normal,No Finding,Lung Opacity,2,50,F,AP,val\n"
        "c.jpg,pneumonia,Pneumonia,,3,,F,AP,val\n"
    )
    films = film_list.load_films(tmp_path, "val", ["nih"])
    assert [(f.label, f.reference) for f in films] == [(0, "rsna"), (1, "rsna"), (1, "nih")]
    assert films[2].age is None


def test_no_patient_on_both_sides(surroundings):
    root = film_list.data_root()
    patients = {s: {(f.domain, f.patient) for f in film_list.load_films(root, s)} for s in ("train", "val")}
    assert patients["train"] and not patients["train"] & patients["val"]


def test_sampler_balances_domains_and_labels(surroundings):
    material = load_material()
    preset = PRESETS["lean"]
    sampler = Sampler(material.films, preset)
    drawn = np.concatenate([sampler.draw(step) for step in range(60)])
    nih = np.mean([material.films[i].domain == "nih" for i in drawn])
    ill = np.mean([material.films[i].label for i in drawn])
    assert abs(nih - preset.nih_share) < 0.04
    assert abs(ill - 0.5) < 0.04
    assert (sampler.draw(7) == Sampler(material.films, preset).draw(7)).all()


def test_spoilt_films_have_no_pneumonia_target(surroundings):
    material, preset = load_material(), PRESETS["tiny"]
    stage = at_resolution(material.prepared, 64)
    batch = make_batch(
        3, preset, Sampler(material.films, preset), material.films, stage, torch.empty(0, 64, 64),
        augment.letter_bank(), (0.5, 0.25),
    )
    spoilt = batch.views != VIEWS.index("frontal")
    assert spoilt.sum() == round(preset.batch * preset.not_frontal_share)
    assert (torch.isnan(batch.target) == spoilt).all()
    assert torch.isfinite(batch.films).all()


def test_pictures_made_to_be_refused_are_what_they_say():
    film = torch.rand(64, 64)
    g = augment.generator(1, 1)
    seen = set()
    for _ in range(200):
        made, view = augment.not_frontal(film, None, g)
        seen.add(VIEWS[view])
        assert made.shape == film.shape
        if VIEWS[view] == "inverted":
            torch.testing.assert_close(made, 1 - film)
        elif VIEWS[view] == "rotated":
            assert any(torch.equal(made, torch.rot90(film, k, (0, 1))) for k in (1, 3))
    assert seen == set(VIEWS[1:])
