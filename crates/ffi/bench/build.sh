#!/usr/bin/env bash
# Builds the programs that the bench `border` measures: `build.sh DIR` leaves them in DIR, with the libraries they load.
set -euo pipefail
out=$1
ffi=$(cd "$(dirname "$0")/.." && pwd)
cd "$ffi"
"$ffi/packaging/install.sh" --prefix "$out/prefix" >&2
g++ -std=c++17 -O2 bench/cpp/bench.cpp -o "$out/cpp" "-I$out/prefix/include/chat-drafts" "-L$out/prefix/lib" \
    -lchat_drafts_ffi -lpthread "-Wl,-rpath,$out/prefix/lib"
cargo build --quiet --release --package chat-drafts-jni
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
cp "$target/release/libchat_drafts_jni.so" "$out/"
mkdir -p "$out/classes"
find java/src/main/java bench/java -name '*.java' -print0 | xargs -0 javac --release 8 -Xlint:-options -d "$out/classes"
