#!/usr/bin/env bash
# Installs the Debian packages that Pneumolight needs and that are missing.
set -euo pipefail

needed=(
	gcc g++ pkg-config                       # cgo
	libgl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev
	libxinerama-dev libxi-dev libxxf86vm-dev # the window
	libopenjp2-7-dev libjpeg62-turbo-dev     # compressed films
	xvfb xauth xdotool imagemagick libgl1-mesa-dri # the window's tests
	dcmtk libgdcm-tools python3-numpy python3-pil # what films are compared with
	poppler-utils python3-venv               # what reports are read with
	desktop-file-utils                       # what the desktop file is checked with
)
command -v npm >/dev/null || needed+=(npm)

if ! command -v dpkg-query >/dev/null; then
	echo "This is not Debian: make sure that these are installed: ${needed[*]}" >&2
	exit 0
fi

missing=()
for package in "${needed[@]}"; do
	dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Install these as root, then try again: apt-get install ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo)
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
