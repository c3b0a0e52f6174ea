#!/usr/bin/env bash
# Unpacks ONNX Runtime's shared library from the npm package that carries it
# into the user's cache, where the program looks for it. Version and hashes
# are pinned; the version is inference.RuntimeVersion. With --where it prints
# where the library lies.
set -euo pipefail

version=1.24.1
package_sha256=57181cf6e6e711b155c5b942d591fd63ded0b5de5c4922d51fd994e7f6ac2772

case "$(uname -s)/$(uname -m)" in
Linux/x86_64)
	file=linux/x64/libonnxruntime.so.1
	sha256=53ef1ac028dd1b05554b8da28d9159eb3876f99868193d2aaa6e67f0243c23d4
	cache=${XDG_CACHE_HOME:-$HOME/.cache}
	;;
Linux/aarch64)
	file=linux/arm64/libonnxruntime.so.1
	sha256=7954e8bdedb497f830c6a679e818d98399b7f4d81ade1126c3e0be74d28111ab
	cache=${XDG_CACHE_HOME:-$HOME/.cache}
	;;
Darwin/arm64)
	file=darwin/arm64/libonnxruntime.$version.dylib
	sha256=7ad6507ad64d3b02aebfae6380c024ff188939cd8a7a493ec18028e034c8275c
	cache=$HOME/Library/Caches
	;;
MINGW*/x86_64 | MSYS*/x86_64)
	file=win32/x64/onnxruntime.dll
	sha256=be46630a10f6ed3897fd9d1ec83f6e2577e34851fb1024d685884ed40faed3a7
	cache=$LOCALAPPDATA
	;;
*)
	echo "ONNX Runtime $version has no library for $(uname -s) on $(uname -m): set PNEUMOLIGHT_ORT to one of your own." >&2
	exit 1
	;;
esac

target=$cache/pneumolight/onnxruntime-$version
library=$target/$(basename "$file")

matches() { # FILE SHA256
	[ -f "$1" ] && [ "$( (sha256sum "$1" 2>/dev/null || shasum -a 256 "$1") | cut -d' ' -f1)" = "$2" ]
}

if [ "${1:-}" = --where ]; then
	echo "$library"
	exit 0
fi

# A library that the user names needs nothing from here.
if [ -n "${PNEUMOLIGHT_ORT:-}" ] || matches "$library" "$sha256"; then
	exit 0
fi

echo "Fetching ONNX Runtime $version (86 MB)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "onnxruntime-node@$version" >/dev/null)
archive=$work/onnxruntime-node-$version.tgz
if ! matches "$archive" "$package_sha256"; then
	echo "The package onnxruntime-node $version is not the one that was pinned: nothing was installed." >&2
	exit 1
fi
tar -xzf "$archive" -C "$work" "package/bin/napi-v6/$file"
unpacked=$work/package/bin/napi-v6/$file
if ! matches "$unpacked" "$sha256"; then
	echo "ONNX Runtime's library $file is not the one that was pinned: nothing was installed." >&2
	exit 1
fi
mkdir -p "$target"
cp "$(dirname "$0")/onnxruntime-licence.txt" "$target/LICENSE"
# Last, and in one step, so that a half-written library is never found.
cp "$unpacked" "$library.part"
mv "$library.part" "$library"
