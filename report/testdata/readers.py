"""Reads a folder of written reports with libraries that other programs use.

    readers.py FOLDER FILM

The report's test runs it; requirements.txt beside it pins the libraries. It
prints, as JSON, what each reader found, and fails where one refuses.
"""

import json
import sys
import warnings
from pathlib import Path

import highdicom
import pydicom
from fhir.resources.R4B.bundle import Bundle

warnings.simplefilter("error")
folder, film = Path(sys.argv[1]), pydicom.dcmread(sys.argv[2])
found = {}

for name in ("pdf", "capture", "structured", "state"):
    data = pydicom.dcmread(folder / f"{name}.dcm")
    assert data.StudyInstanceUID == film.StudyInstanceUID, name
    assert data.PatientID == film.PatientID, name
    text = str(data)
    found[name] = {"class": data.SOPClassUID.name, "refers": film.SOPInstanceUID in text}

capture = pydicom.dcmread(folder / "capture.dcm")
found["capture"]["shape"] = list(capture.pixel_array.shape)

document = pydicom.dcmread(folder / "pdf.dcm")
found["pdf"]["pdf"] = bytes(document.EncapsulatedDocument[:5]).decode()

report = highdicom.sr.srread(folder / "structured.dcm")
groups = report.content.get_image_measurement_groups()
found["structured"]["groups"] = len(groups)
found["structured"]["measurements"] = [
    [m.name.meaning, float(m.value), m.unit.value] for group in groups for m in group.get_measurements()
]

bundle = Bundle.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
found["fhir"] = [entry.resource.get_resource_type() for entry in bundle.entry]

json.dump(found, sys.stdout)
