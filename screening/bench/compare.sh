#!/usr/bin/env bash
# screening/bench/compare.sh [FOLDER...]
#
# Compares `pneumolight screen` with a Python program on copies of a real chest
# film and on the pictures of the folders named. Its Python packages go to a
# virtual environment in the user's cache.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
venv=${PNEUMOLIGHT_CACHE:-$HOME/.cache/pneumolight}/venv-bench
stamp=$venv/requirements.sha256
wanted=$(sha256sum < "$here/requirements.txt")
if [[ ! -f $stamp || $(<"$stamp") != "$wanted" ]]; then
	/usr/bin/python3 -m venv --clear "$venv"
	"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
	echo "$wanted" > "$stamp"
fi
film=$(cd "$root" && go list -m -f '{{.Dir}}' github.com/suyashkumar/dicom)/testdata/4.dcm
pictures=()
for folder in "$@"; do pictures+=(--pictures "$folder"); done
exec "$venv/bin/python" -B "$here/compare.py" "$root/bin/pneumolight" "$root/assets/model.onnx" "$film" "${pictures[@]}"
