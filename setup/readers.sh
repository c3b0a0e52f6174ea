#!/usr/bin/env bash
# Puts the libraries that the reports' test reads reports with into the user's
# cache. Without a network the test is skipped, and nothing else depends on it.
set -euo pipefail
requirements=$(cd "$(dirname "$0")/.." && pwd)/report/testdata/requirements.txt
venv=${XDG_CACHE_HOME:-$HOME/.cache}/pneumolight/venv-readers
stamp=$venv/requirements.sha256
wanted=$(sha256sum < "$requirements")
[[ ! -f $stamp || $(<"$stamp") != "$wanted" ]] || exit 0
if /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --requirement "$requirements"; then
	echo "$wanted" > "$stamp"
else
	echo "The libraries that read reports could not be installed: their test will be skipped." >&2
fi
