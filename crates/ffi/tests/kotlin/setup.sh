#!/bin/sh
# Installs the Kotlin compiler, which run.sh finds: from npm, into a folder of its own.
set -eu

tools=${CHAT_DRAFTS_TOOLS:-$HOME/.cache/chat-drafts}
if [ ! -e "$tools/kotlin/node_modules/kotlin-compiler/lib/kotlin-compiler.jar" ]; then
    mkdir -p "$tools/kotlin"
    npm install --prefix "$tools/kotlin" --no-audit --no-fund --ignore-scripts kotlin-compiler@2.4.20
fi
