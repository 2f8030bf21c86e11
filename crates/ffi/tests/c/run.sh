#!/usr/bin/env bash
# Tests the C interface, installed as a user installs it. `run.sh sanitize` runs the same under valgrind and the sanitizers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ffi=$(cd "$here/../.." && pwd)
mode=${1:-plain}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$ffi/packaging/install.sh" --debug --prefix "$work/prefix" >&2
export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig" LD_LIBRARY_PATH="$work/prefix/lib"
read -r -a flags < <(pkg-config --cflags --libs chat-drafts)
python3 "$here/../vectors.py" >"$work/vectors.tsv"

passed=0 failed=0
count() { # a line of `N passed, N failed`
    read -r p f < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' <<<"$1" | tail -n 1) || { p=0 f=1; }
    passed=$((passed + p)) failed=$((failed + f))
}
check() { # a sentence, then a command that must succeed
    local what=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "does not hold: $what" >&2
        cat "$work/output" >&2
    fi
}
programs() { # a name for them, a command before each, then the compiler and its options
    local name=$1 before=$2 output
    shift 2
    for program in native composing threads vectors; do
        "$@" -std=c99 -D_POSIX_C_SOURCE=200809L -g -Wall -Wextra -Werror -pedantic "$here/$program.c" -o "$work/$program" "${flags[@]}" -lpthread
        mkdir "$work/$name-$program"
        output=$($before "$work/$program" "$work/$name-$program" $([ $program != vectors ] || echo "$work/vectors.tsv")) ||
            { failed=$((failed + 1)) && echo "$name: $program has failed" >&2; }
        count "$output"
    done
}

case $mode in
plain)
    printf '#include <chat_drafts.h>\nint main(void) { return drafts_abi_version() != 1; }\n' >"$work/include.c"
    for standard in c99 c11 c17; do
        for compiler in gcc clang; do
            check "the header is plain $standard for $compiler" \
                "$compiler" "-std=$standard" -Wall -Wextra -Werror -pedantic "${flags[0]}" -fsyntax-only "$work/include.c"
        done
    done
    check "the header is C++17" g++ -std=c++17 -Wall -Wextra -Werror -pedantic "${flags[0]}" -fsyntax-only -x c++ "$work/include.c"

    nm -D --defined-only "$work/prefix/lib/libchat_drafts_ffi.so" | awk '{ print $3 }' | sort >"$work/symbols"
    check "the library exports what symbols.txt lists, no more and no less" diff "$ffi/symbols.txt" "$work/symbols"

    gcc -std=c99 -Wall -Wextra -Werror -pedantic "$ffi/c/quickstart.c" -o "$work/quickstart" "${flags[@]}"
    (cd "$work" && ./quickstart) | diff "$here/quickstart.txt" - && passed=$((passed + 1)) || failed=$((failed + 1))
    gcc -std=c99 "$ffi/c/quickstart.c" -o "$work/static" "${flags[0]}" "$work/prefix/lib/libchat_drafts_ffi.a" -lpthread -ldl -lm
    check "the static library links" "$work/static" "sqlite:$work/static.db"

    mkdir "$work/cmake"
    printf '%s\n' 'cmake_minimum_required(VERSION 3.16)' 'project(example C)' 'find_package(chat-drafts 0.1 REQUIRED)' \
        "add_executable(example \"$ffi/c/quickstart.c\")" 'target_link_libraries(example PRIVATE chat-drafts::chat-drafts)' >"$work/cmake/CMakeLists.txt"
    check "CMake finds the package" cmake -S "$work/cmake" -B "$work/cmake/build" "-DCMAKE_PREFIX_PATH=$work/prefix"
    check "CMake builds with it" cmake --build "$work/cmake/build"
    check "what CMake built runs" "$work/cmake/build/example" "sqlite:$work/cmake.db"

    programs gcc "" gcc
    ;;
sanitize)
    # A leak is what nobody points to any more: threads that end with the program keep what is theirs.
    export CHAT_DRAFTS_TEST_CALLS=2000
    programs valgrind "valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9" gcc
    unset CHAT_DRAFTS_TEST_CALLS
    programs asan "" clang -fsanitize=address -fno-omit-frame-pointer
    programs ubsan "" clang -fsanitize=undefined -fno-sanitize-recover=all
    ;;
*)
    echo "run.sh, or run.sh sanitize" >&2
    exit 2
    ;;
esac
[ "$mode" = plain ] && label=C || label="C under valgrind, ASan and UBSan"
echo "$label: $passed passed, $failed failed"
[ "$failed" = 0 ]
