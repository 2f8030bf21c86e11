#!/bin/sh
# Compiles the Kotlin sample against the Java classes and runs it. setup.sh installs the compiler.
#
# PROFILE is the profile of the native library's build, debug unless it is set.
set -eu

root=$(cd "$(dirname "$0")/../../../.." && pwd)
profile=${PROFILE:-debug}
kotlin=${CHAT_DRAFTS_TOOLS:-$HOME/.cache/chat-drafts}/kotlin/node_modules/kotlin-compiler/lib
if [ ! -e "$kotlin/kotlin-compiler.jar" ]; then
    echo "Kotlin: not run: there is no compiler; crates/ffi/tests/kotlin/setup.sh installs it"
    exit 1
fi
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
java -cp "$kotlin/*" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-stdlib -no-reflect -Werror \
    -classpath "$work/classes:$kotlin/kotlin-stdlib.jar" -d "$work/classes" crates/ffi/tests/kotlin/Sample.kt
timeout 300 java -Xcheck:jni "-Djava.library.path=$libraries" -cp "$work/classes:$kotlin/kotlin-stdlib.jar" SampleKt "$work/data"
