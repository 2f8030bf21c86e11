#!/bin/sh
# Builds the native library and the classes, and runs the sample, the vectors and every case with -Xcheck:jni.
#
# PROFILE is the profile of the build, debug unless it is set.
set -eu

root=$(cd "$(dirname "$0")/../../../.." && pwd)
profile=${PROFILE:-debug}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
case $profile in
    debug) cargo build --quiet --package chat-drafts-jni --features redb ;;
    *) cargo build --quiet --package chat-drafts-jni --features redb --profile "$profile" ;;
esac
libraries=${CARGO_TARGET_DIR:-$root/target}/$profile

mkdir "$work/classes" "$work/data"
javac --release 8 -Xlint:all,-options -Werror -d "$work/classes" crates/ffi/java/src/main/java/chatdrafts/*.java
find crates/ffi/tests/java -name '*.java' >"$work/tests"
javac -Xlint:all,-processing -Werror -encoding UTF-8 -cp "$work/classes" -d "$work/classes" "@$work/tests"
python3 crates/ffi/tests/vectors.py >"$work/vectors"

run() {
    timeout 300 java -Xcheck:jni -ea "-Djava.io.tmpdir=$work/data" "-Djava.library.path=$libraries" -cp "$work/classes" "$@" 2>&1
}

# The JVM's complaints about us stand in the output, and change no exit status.
failed=0
run Behaviour "$work/vectors" >"$work/output" || failed=1
if grep -E '^(WARNING|FATAL ERROR)' "$work/output" >/dev/null; then
    failed=1
fi
if [ $failed -ne 0 ]; then
    grep -v '^Java: ' "$work/output" || true
else
    run Sample "$work/data"
fi
grep '^Java: ' "$work/output" || { echo "Java: the JVM has ended before its tests"; exit 1; }
exit $failed
