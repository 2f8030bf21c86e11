#!/usr/bin/env bash
# Installs what the tests of the bindings need and this machine does not have: Debian packages, and Kotlin's compiler.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need gcc gcc
need g++ g++
need clang clang
need clang++ clang
need valgrind valgrind
need cmake cmake
need pkg-config pkg-config
need python3 python3
need javac openjdk-17-jdk-headless
need npm npm
if ! { command -v clang >/dev/null && echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null; }; then
    missing+=(libclang-rt-14-dev)
fi
if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    apt-get install -y -qq "${missing[@]}"
fi
"$here/kotlin/setup.sh"
