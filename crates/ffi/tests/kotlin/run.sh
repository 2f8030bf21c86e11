#!/usr/bin/env bash
# Compiles the Kotlin sample against the Java classes and runs it. setup.sh installs the compiler.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kotlin=${CHAT_DRAFTS_TOOLS:-$HOME/.cache/chat-drafts}/kotlin/node_modules/kotlin-compiler/lib
if [ ! -e "$kotlin/kotlin-compiler.jar" ]; then
    echo "Kotlin: not run: there is no compiler; crates/ffi/tests/kotlin/setup.sh installs it"
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/../../java/build.sh" "$work" --debug --features redb
mkdir "$work/data"
java -cp "$kotlin/*" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-stdlib -no-reflect -Werror \
    -classpath "$work/classes:$kotlin/kotlin-stdlib.jar" -d "$work/classes" "$here/Sample.kt"
timeout 300 java -Xcheck:jni "-Djava.library.path=$work" -cp "$work/classes:$kotlin/kotlin-stdlib.jar" SampleKt "$work/data"
