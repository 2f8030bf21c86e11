#!/usr/bin/env bash
# Builds the binding and runs the sample, the vectors and every case with -Xcheck:jni.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/../../java/build.sh" "$work" --debug --features redb
mkdir "$work/data"
find "$here" -name '*.java' >"$work/tests"
javac -Xlint:all,-processing -Werror -encoding UTF-8 -cp "$work/classes" -d "$work/classes" "@$work/tests"
python3 "$here/../vectors.py" >"$work/vectors"

run() {
    timeout 300 java -Xcheck:jni -ea "-Djava.io.tmpdir=$work/data" "-Djava.library.path=$work" -cp "$work/classes" "$@" 2>&1
}

# The JVM's complaints about us stand in the output, and change no exit status.
failed=0
run Behaviour "$work/vectors" >"$work/output" || failed=1
if grep -qE '^(WARNING|FATAL ERROR)' "$work/output"; then
    failed=1
fi
if [ $failed -ne 0 ]; then
    grep -v '^Java: ' "$work/output" || true
else
    run Sample "$work/data"
fi
grep '^Java: ' "$work/output" || { echo "Java: the JVM has ended before its tests" && exit 1; }
exit $failed
