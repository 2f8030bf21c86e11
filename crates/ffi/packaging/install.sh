#!/usr/bin/env bash
# Builds the C library and installs it with its headers, pkg-config and CMake files. For Linux.
#
#   packaging/install.sh [--prefix DIR] [--debug] [CARGO OPTIONS…]      e.g. --features redb
set -euo pipefail

prefix=/usr/local profile=release options=()
while [ $# -gt 0 ]; do
    case "$1" in
    --prefix) prefix=$2 && shift ;;
    --debug) profile=debug ;;
    *) options+=("$1") ;;
    esac
    shift
done
[ "$(uname -s)" = Linux ] || { echo "install.sh knows how libraries are named on Linux only" >&2 && exit 1; }
[ "$profile" = debug ] || options+=(--release)

crate=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
cd "$crate"
cargo build --quiet --package chat-drafts-ffi ${options[@]+"${options[@]}"}
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
version=$(cargo pkgid | sed 's/.*[#@]//')
abi=0

install -d "$prefix"/{lib/pkgconfig,lib/cmake/chat-drafts,include/chat-drafts}
install -m 644 "$target/$profile/libchat_drafts_ffi.a" "$prefix/lib/"
install -m 755 "$target/$profile/libchat_drafts_ffi.so" "$prefix/lib/libchat_drafts_ffi.so.$version"
ln -sf "libchat_drafts_ffi.so.$version" "$prefix/lib/libchat_drafts_ffi.so.$abi"
ln -sf "libchat_drafts_ffi.so.$abi" "$prefix/lib/libchat_drafts_ffi.so"
cp -R include/. cpp/include/. "$prefix/include/chat-drafts/"
fill() { sed "s|@PREFIX@|$prefix|; s|@VERSION@|$version|; s|@ABI@|$abi|g" "packaging/$1.in" >"$prefix/lib/$2/$1"; }
fill chat-drafts.pc pkgconfig
fill chat-drafts-config.cmake cmake/chat-drafts
fill chat-drafts-config-version.cmake cmake/chat-drafts
echo "installed chat-drafts $version in $prefix"
