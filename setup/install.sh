#!/usr/bin/env bash
# install.sh install|uninstall PREFIX: puts the built program under PREFIX and
# tells the desktop of it, or takes it away again. DESTDIR stands before PREFIX
# where a package is made.
set -euo pipefail
cd "$(dirname "$0")/.."

what=$1 prefix=$2
root=${DESTDIR:-}$prefix
id=io.pneumolight.app
# The program stands beside its library, where it looks for it first.
home=$root/lib/pneumolight
installed=(
	"$root/bin/pneumolight"
	"$home"
	"$root/share/applications/$id.desktop"
	"$root/share/icons/hicolor/256x256/apps/$id.png"
	"$root/share/icons/hicolor/scalable/apps/$id.svg"
	"$root/share/mime/packages/pneumolight.xml"
)

case $what in
install)
	install -Dm755 bin/pneumolight "$home/pneumolight"
	library=${PNEUMOLIGHT_ORT:-$(setup/onnxruntime.sh --where)}
	install -m644 "$library" "$home/$(basename "$library")"
	install -m644 setup/onnxruntime-licence.txt "$home/onnxruntime-LICENSE"
	install -d "$root/bin"
	ln -sfn ../lib/pneumolight/pneumolight "$root/bin/pneumolight"
	install -Dm644 "packaging/$id.desktop" "$root/share/applications/$id.desktop"
	install -Dm644 assets/icon.png "$root/share/icons/hicolor/256x256/apps/$id.png"
	install -Dm644 assets/icon.svg "$root/share/icons/hicolor/scalable/apps/$id.svg"
	install -Dm644 packaging/pneumolight-mime.xml "$root/share/mime/packages/pneumolight.xml"
	;;
uninstall)
	rm -rf "${installed[@]}"
	;;
*)
	echo "install.sh: install or uninstall, not $what" >&2
	exit 2
	;;
esac

# What the desktop keeps of such files; a package's own hooks do this.
if [ -z "${DESTDIR:-}" ]; then
	command -v update-desktop-database >/dev/null && update-desktop-database -q "$root/share/applications"
	command -v update-mime-database >/dev/null && update-mime-database "$root/share/mime"
	command -v gtk-update-icon-cache >/dev/null && gtk-update-icon-cache -qtf "$root/share/icons/hicolor"
fi
exit 0
