#!/bin/sh
# Installs the Debian or Ubuntu packages named on the command line that are missing; elsewhere says
# what to install.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
    if pkg-config --exists gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0 2>/dev/null &&
        { [ "$(uname)" != Linux ] || pkg-config --exists alsa jack; }; then
        exit 0
    fi
    echo "regie needs GStreamer 1.22 or newer with its base, good, bad, ugly and libav plugins, and on" >&2
    echo "Linux ALSA and JACK." >&2
    echo "  Fedora: dnf install alsa-lib-devel jack-audio-connection-kit-devel gstreamer1-devel gstreamer1-plugins-base-devel gstreamer1-plugins-{good,bad-free,ugly,bad-freeworld} gstreamer1-plugin-libav" >&2
    echo "  Arch:   pacman -S alsa-lib jack2 gstreamer gst-plugins-{base,good,bad,ugly} gst-libav" >&2
    echo "  macOS:  brew install gstreamer" >&2
    echo "The Debian packages are: $*" >&2
    exit 1
fi

missing=
for package in "$@"; do
    case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)" in
        *"ok installed") ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "please install as root:$missing" >&2
        exit 1
    }
    as_root=sudo
fi
echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # one word a package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
