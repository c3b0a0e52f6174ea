#!/usr/bin/env bash
# training/test.sh [pytest arguments]
#
# Tests every stage on a tiny synthetic set with Debian's small CPU PyTorch.
# PNEUMOLIGHT_PYTHON names another Python that has what the tests need.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${PNEUMOLIGHT_CACHE:-$HOME/.cache/pneumolight}
python=${PNEUMOLIGHT_PYTHON:-}

if [[ -z $python ]]; then
	packages=(python3-torch python3-numpy python3-pil python3-venv)
	missing=()
	for package in "${packages[@]}"; do
		[[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || missing+=("$package")
	done
	if ((${#missing[@]})); then
		as_root=()
		((EUID == 0)) || as_root=(sudo)
		"${as_root[@]}" apt-get update --quiet
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
	fi
	venv=$cache/venv-test
	stamp=$venv/requirements.sha256
	wanted=$(sha256sum < "$here/requirements-test.txt")
	if [[ ! -f $stamp || $(<"$stamp") != "$wanted" ]]; then
		/usr/bin/python3 -m venv --system-site-packages "$venv"
		"$venv/bin/pip" install --quiet --requirement "$here/requirements-test.txt"
		echo "$wanted" > "$stamp"
	fi
	python=$venv/bin/python
fi

export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
cd "$here"
exec "$python" -B -m pytest -q -p no:cacheprovider tests "$@"
