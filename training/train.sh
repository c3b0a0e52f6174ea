#!/usr/bin/env bash
# training/train.sh PRESET [SEED [VERSION]]
#
# Sets up a virtual environment in the user's cache, then trains PRESET from
# wherever its checkpoint stands. With a VERSION it writes assets/, without
# one a folder in the cache, so that a trial does not replace the shipped model.
set -euo pipefail
preset=${1:?usage: training/train.sh PRESET [SEED [VERSION]]}
seed=${2:-1}
version=${3:-}

here=$(cd "$(dirname "$0")" && pwd)
cache=${PNEUMOLIGHT_CACHE:-$HOME/.cache/pneumolight}
venv=$cache/venv-torch
stamp=$venv/requirements.sha256
wanted=$(sha256sum < "$here/requirements.txt")
if [[ ! -f $stamp || $(<"$stamp") != "$wanted" ]]; then
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
	echo "$wanted" > "$stamp"
fi

export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
cd "$here"
if [[ $preset == paper ]]; then
	"$venv/bin/python" -m pneumotrain.paper.run --seed "$seed"
	exec "$venv/bin/python" -m pneumotrain.paper.table --seed "$seed"
fi
"$venv/bin/python" -m pneumotrain.train "$preset" --seed "$seed"
if [[ -n $version ]]; then
	exec "$venv/bin/python" -m pneumotrain.release "$preset" --seed "$seed" --version "$version"
fi
exec "$venv/bin/python" -m pneumotrain.release "$preset" --seed "$seed" --version 0.0.0 --assets "$cache/training/release-$preset-seed$seed"
