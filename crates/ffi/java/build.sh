#!/usr/bin/env bash
# Builds the Java binding: `build.sh DIR [--debug] [CARGO OPTIONS…]` leaves the native library in DIR and the classes in
# DIR/classes.
set -euo pipefail
out=$1
shift
profile=release options=()
for option in "$@"; do
    case "$option" in
    --debug) profile=debug ;;
    *) options+=("$option") ;;
    esac
done
[ "$profile" = debug ] || options+=(--release)

mkdir -p "$out/classes"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"
cargo build --quiet --package chat-drafts-jni ${options[@]+"${options[@]}"}
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
cp "$target/$profile/libchat_drafts_jni.so" "$out/"
javac --release 8 -Xlint:all,-options -Werror -d "$out/classes" src/main/java/chatdrafts/*.java
