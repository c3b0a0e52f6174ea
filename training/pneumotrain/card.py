"""Write the model card from ``metrics.json``: no figure in it is typed by hand.

``python -m pneumotrain.card``
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional

ASSETS = Path(__file__).resolve().parents[2] / "assets"

NAMES = {
    "kermany": "Kermany (children)",
    "nih": "NIH (adults mostly), all",
    "nih (rsna)": "NIH, where RSNA's readers decided",
    "nih (nih)": "NIH, labels mined from reports",
}


def figure_text(figure: Dict[str, Any], digits: int = 3) -> str:
    """A figure with its interval in brackets."""
    if figure["value"] is None:
        return "–"
    shown = f"{figure['value']:.{digits}f}"
    if figure["low"] is None:
        return shown
    return f"{shown} ({figure['low']:.{digits}f} to {figure['high']:.{digits}f})"


def _percent(figure: Dict[str, Any]) -> str:
    return f"{100 * figure['value']:.1f} % ({100 * figure['low']:.1f} to {100 * figure['high']:.1f})"


def table(head: List[str], rows: List[List[str]]) -> List[str]:
    """Lines of a Markdown table."""
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] + ["| " + " | ".join(r) + " |" for r in rows]


def _begun(m: Dict[str, Any]) -> str:
    """What a run that goes on from another began with, and who taught it."""
    if not m["after"]:
        return ""
    teachers = []
    if m["teachers"]:
        teachers.append(f"that preset's seed{'s' if len(m['teachers']) > 1 else ''} {', '.join(map(str, m['teachers']))}")
    if m["elder"]:
        teachers.append(f"the earlier model {m['elder']}")
    taught = f", taught by {' and '.join(teachers)}" if teachers else ""
    mixed = f"; the weights are {100 * m['blend']:.0f} % of the way between the two runs'" if m["blend"] < 1 else ""
    return f" after a run of the preset {m['after']}{taught}{mixed}"


def _studies(s: Dict[str, Any]) -> List[str]:
    """What ``pneumotrain.studies`` measured of this model."""
    explained, seen, small, speed = s["explanation"], s["shortcuts"], s["int8"], s["speed"]
    lines = [
        "## What it looks at",
        "",
        f"Hiding the {100 * explained['hidden_share']:.0f} % of the film that argue most for the call moves the probability by "
        f"{figure_text(explained['moved_by_weightiest'])};",
        f"hiding an area of the same shape elsewhere moves it by {figure_text(explained['moved_by_shifted'])}. The first moves it more on "
        f"{_percent(explained['weightiest_moves_more'])} of the films.",
        "",
        "Shortcuts: AUC on validation films of simple classifiers that see no lungs in detail, and of this network where the inner",
        "film is blanked. The nearer to 0.5, the less can be told without looking at the lungs.",
        "",
    ]
    keys = ("domain", "label in kermany", "label in nih")
    lines += table(
        ["what is seen"] + list(keys),
        [[n] + [figure_text(row[k]) if k in row else "–" for k in keys] for n, row in seen.items()],
    )
    lines += [
        "",
        "So these data can be told apart, and largely labelled, by what surrounds the lungs and by coarse greys: a high AUC on films",
        "of the same sources proves little. Training masks borders and corners, but that does not undo it.",
        "",
        "## Speed and INT8",
        "",
        f"One run on one film, one thread, all in turns on a busy machine, the fastest tenth of the runs: {speed['milliseconds']['lean']:.1f} ms, "
        + ", ".join(f"{v:.1f} times faster than {n}" for n, v in speed["lean_is_faster_than"].items()) + ".",
        f"INT8 (QDQ, per channel, static): {small['speed_up']:.2f} times as fast as fp32 there, "
        + ", ".join(f"AUC {small[d]['auc_int8']:.4f} instead of {small[d]['auc_fp32']:.4f} ({NAMES[d]})" for d in ("kermany", "nih"))
        + f", {small['bytes_int8'] / 1e6:.1f} MB instead of {small['bytes_fp32'] / 1e6:.1f} MB, the largest difference of a film's probability",
        f"{max(small[d]['largest_probability_difference'] for d in ('kermany', 'nih')):.3f}. The fp32 file is shipped: this processor has instructions for INT8 (AVX-512 VNNI) that many an ordinary one",
        "lacks, where sums of products of bytes can overflow their sixteen bits besides (ONNX Runtime's own warning about U8S8 on AVX2), and a",
        "film's opening takes many times as long as either run.",
        "",
    ]
    return lines


def _seeds(s: Dict[str, Any]) -> List[str]:
    """What ``pneumotrain.seeds`` measured."""
    lines = ["## Other seeds, and ResNet50", "", "AUC on the validation films of every run that has come to its end:", ""]
    parts = list(NAMES)
    lines += table(
        ["run", "seed"] + [NAMES[n] for n in parts],
        [[recipe, str(seed)] + [f"{found['auc'][n][k]:.3f}" for n in parts]
         for recipe, found in s["recipes"].items() for k, seed in enumerate(found["seeds"])],
    )
    for recipe, found in s["recipes"].items():
        if len(found["seeds"]) > 1:
            spread = ", ".join(f"{found['deviation'][n]:.4f} ({NAMES[n]})" for n in parts)
            lines += ["", f"Deviation over the seeds of {recipe}: {spread}."]
    if s["less_resnet50"]:
        lines += ["", "Mean AUC over seeds less that of ResNet50 (paper/sparse-224), paired over films:", ""]
        lines += table(
            ["run"] + [NAMES[n] for n in parts],
            [[recipe] + [figure_text(v[n]) for n in parts] for recipe, v in s["less_resnet50"].items()],
        )
    else:
        lines += ["", "ResNet50 has not been trained to its end yet: there is nothing to compare with."]
    costs = s["domain_costs"]
    if costs:
        lines += ["", f"What each domain costs the other, AUC after {costs['step']:,} steps of the same schedule:", ""]
        lines += table(
            ["trained on"] + [NAMES[n] for n in parts],
            [[run] + [f"{auc[n]:.3f}" for n in parts] for run, auc in costs["auc"].items()],
        )
    return lines + [""]


def _second(m: Dict[str, Any]) -> List[str]:
    """The paper's network, which the program can load instead."""
    lines = [
        "## The second model", "",
        f"`--model paper`, or Settings, loads {m['name']} {m['version']} instead: ResNet50 pruned by 90 % and made ghosts",
        f"({m['parameters']:,} parameters, {m['macs'] / 1e6:.0f} million multiply-accumulates), kept to compare with. `docs/paper.md` says how it was made.",
        f"Its threshold is {m['thresholds']['threshold']:.3f}; between {m['thresholds']['low']:.3f} and {m['thresholds']['high']:.3f} it abstains.", "",
    ]
    columns = (("auc", "AUC"), ("sensitivity", "sensitivity"), ("specificity", "specificity"), ("ece", "ECE"))
    return lines + table(
        ["films"] + [title for _, title in columns],
        [[NAMES[n]] + [figure_text(part[k]) for k, _ in columns] for n, part in m["validation"].items()],
    ) + [""]


def text(m: Dict[str, Any], second: Optional[Dict[str, Any]] = None) -> str:
    """The card as Markdown; ``second`` holds the figures of the paper's network."""
    limits, calibration = m["thresholds"], m["calibration"]
    lines = [
        f"# {m['name']} {m['version']}",
        "",
        "Research use only. Not a medical device. It looks at one upright frontal chest film and says how likely the",
        "film is to have been called pneumonia by those who labelled its training films.",
        "",
        "Every figure below is from validation films that were not trained on, has its 95 % bootstrap interval over",
        "films in brackets, and was written here by this command, from `metrics.json`:",
        "",
        f"    {m['command']}",
        "",
        "## What it is",
        "",
        f"A bottleneck network of {m['parameters']:,} parameters and {m['macs'] / 1e6:.0f} million multiply-accumulates, trained from",
        f"random weights (seed {m['seed']}, {m['step']:,} of {m['steps']:,} steps{_begun(m)}).",
        "It gives a logit, a 14×14 activation map whose mean is the logit, and the pooled features by which the program refuses",
        "films that are not upright frontal chest films.",
        "",
    ]
    if m.get("note"):
        lines += [m["note"], ""]
    lines += [
        "## Data",
        "",
        "- Kermany, Zhang, Goldbaum 2018, Mendeley Data v2, CC BY 4.0: films of children of one to five years, one hospital in Guangzhou.",
        "- NIH Clinical Center, ChestX-ray8 (Wang et al. 2017, public with attribution): 743 films, adults mostly. Where the readers",
        "  of the RSNA Pneumonia Detection Challenge saw a film, their class counts (Lung Opacity is pneumonia, all else is not);",
        "  elsewhere NIH's label, mined from the report by a program, and noisy.",
        "- Split by patient. The model may be used under CC BY 4.0, naming these sources.",
        "",
        "## How well it tells pneumonia on validation films",
        "",
    ]
    columns = [("auc", "AUC"), ("sensitivity", "sensitivity"), ("specificity", "specificity"),
               ("balanced_accuracy", "balanced accuracy")]
    lines += table(
        ["films", "count (pneumonia)"] + [title for _, title in columns],
        [[NAMES.get(n, n), f"{p['films']} ({p['pneumonia']})"] + [figure_text(p[k]) for k, _ in columns]
         for n, p in m["validation"].items()],
    )
    lines += [
        "",
        f"The threshold, {limits['threshold']:.3f}, is the highest at which the mean of the two domains' sensitivities is 95 %. The threshold,",
        "temperature and bias were chosen on these same films, so sensitivity, specificity and calibration here are a little",
        "too good; the AUC chose nothing but is still of the two sources that it was trained on.",
        "",
        "By group:",
        "",
    ]
    lines += table(
        ["films", "count (pneumonia)", "AUC"],
        [[n, f"{g['films']} ({g['pneumonia']})", figure_text(g["auc"]) if "auc" in g else "too few films"]
         for n, g in m["subgroups"].items()],
    )
    lines += [
        "",
        "## How far its confidence can be trusted",
        "",
        f"probability = sigmoid(logit / {calibration['temperature']:.4f} + {calibration['bias']:.4f}), fitted with both domains weighing the same.",
        f"Between {limits['low']:.3f} and {limits['high']:.3f} the call is *uncertain*.",
        "",
    ]
    columns = [("ece", "ECE"), ("brier", "Brier score"), ("uncertain", "uncertain"),
               ("accuracy_where_certain", "accuracy where not uncertain")]
    lines += table(
        ["films"] + [title for _, title in columns],
        [[NAMES.get(n, n)] + [figure_text(p[k]) for k, _ in columns] for n, p in m["validation"].items()],
    )
    lines += ["", "![Reliability](reliability.png)", ""]
    mirrored = m["mirrored"]
    lines += [
        "Mirroring a film moves its probability by " + ", ".join(
            f"{v['mean']:.3f} on average ({NAMES[d]}; 95th percentile {v['percentile_95']:.3f})" for d, v in mirrored.items()
        ) + ".",
        "The mean of a film's logit and its mirror image's, instead of the film's own, changes the AUC by " + "; ".join(
            f"{figure_text(m['averaged_with_mirrored_less_alone']['auc'][d], 4)} ({NAMES[d]})" for d in mirrored
        ) + " and the Brier score by " + "; ".join(
            f"{figure_text(m['averaged_with_mirrored_less_alone']['brier'][d], 4)} ({NAMES[d]})" for d in mirrored
        ) + ": not clearly better, so the film alone is judged.",
        f"Between {m['originals']['films']} films at their original size and their 224×224 copies the probability differs by "
        f"{m['originals']['mean']:.4f} on average (95th percentile {m['originals']['percentile_95']:.4f}, largest {m['originals']['largest']:.4f}).",
        "",
        "## What it refuses",
        "",
        "Upright frontal validation films refused, which should not be: " + "; ".join(
            f"{NAMES[d]} {_percent(v)}" for d, v in m["gate"]["frontal_refused"].items()
        ) + ".",
        "The same films with black bars of a tenth of their side all around, to which no limit was fitted: " + "; ".join(
            f"{NAMES[d]} {_percent(v)}" for d, v in m["gate"]["framed_refused"].items()
        ) + ".",
        "",
    ]
    lines += table(
        ["should be refused", "films", "refused", "reasons given", "distance alone: AUC"],
        [[n, str(g["refused"]["films"]), _percent(g["refused"]),
          ", ".join(f"{r} {c}" for r, c in g["reasons"].items()), f"{g['distance_auc']:.3f}"]
         for n, g in m["gate"]["negatives"].items()],
    )
    lines += [
        "",
        "Turned and inverted films, noise and ramps are made here, the films from validation films; training showed it others of these",
        "kinds. Photographs and DICOM images of other parts and modalities are of sources that were not used in training.",
        "**No real lateral film was at hand, in training or test.** The gate's class for them was fitted on made-up ones: lung fields of",
        "frontal films stretched and laid over each other with a spine, a heart and diaphragms drawn in (*folded*), and chests of",
        "ellipsoids seen from the side (*phantom*). Fitted on the other kind alone it refuses " + " and ".join(
            f"{_percent(v['refused'])} of *{n}*" for n, v in m["gate"]["lateral_of_a_family_not_fitted"].items()
        ) + ".",
        "How many real lateral films pass is not known.",
        "",
    ]
    if "seeds" in m:
        lines += _seeds(m["seeds"])
    if "studies" in m:
        lines += _studies(m["studies"])
    if second is not None:
        lines += _second(second)
    lines += [
        "## Limits, in plain words",
        "",
        "- It learnt from one hospital's children and a few hundred adult films. Networks trained on these children's films fell",
        "  from AUC 0.95 to 0.54 on films of children of another hospital (Xin 2021), and from 0.93 to 0.65 in Nigeria (Togunwa",
        "  2025). Expect the like at yours until `pneumolight evaluate` on your own labelled films says otherwise.",
        "- On adults it is much weaker than on the children it knows, see the table: there its call alone should change nothing.",
        "- It answers one question. A film that it calls normal may show a fracture, a tumour, a pneumothorax, tuberculosis.",
        "- *Pneumonia* means what the labels mean: on the NIH films, opacity as seen by a reader or a word in a report.",
        "- The map shows which area raised the logit. It is no outline of disease, and a wrong call has a map too.",
        "- A wrong call makes readers miss more. Form your own reading first.",
        "",
    ]
    return "\n".join(lines)


def write(assets: Path = ASSETS) -> None:
    """``MODEL_CARD.md`` from ``metrics.json`` and ``paper-metrics.json`` beside it."""
    m = json.loads((assets / "metrics.json").read_text(encoding="utf-8"))
    paper = assets / "paper-metrics.json"
    second = json.loads(paper.read_text(encoding="utf-8")) if paper.exists() else None
    (assets / "MODEL_CARD.md").write_text(text(m, second), encoding="utf-8")


if __name__ == "__main__":
    write()
