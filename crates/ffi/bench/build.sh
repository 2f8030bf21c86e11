#!/usr/bin/env bash
# Builds the programs that the bench `border` measures: `build.sh DIR` leaves them in DIR, with the libraries they load.
set -euo pipefail
out=$1
ffi=$(cd "$(dirname "$0")/.." && pwd)
cd "$ffi"
"$ffi/packaging/install.sh" --prefix "$out/prefix" >&2
g++ -std=c++17 -O2 bench/cpp/bench.cpp -o "$out/cpp" "-I$out/prefix/include/chat-drafts" "-L$out/prefix/lib" \
    -lchat_drafts_ffi -lpthread "-Wl,-rpath,$out/prefix/lib"
"$ffi/java/build.sh" "$out"
javac --release 8 -Xlint:-options -cp "$out/classes" -d "$out/classes" bench/java/Bench.java
