#!/usr/bin/env bash
# Tests the C++ classes, installed as a user installs them. `run.sh sanitize` runs the same under valgrind and the
# sanitizers, and shows that these find faults that were planted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ffi=$(cd "$here/../.." && pwd)
mode=${1:-plain}
work=$(mktemp -d)
small= # a disk that is soon full
cleanup() {
    [ -z "$small" ] || umount "$small"
    rm -rf "$work"
}
trap cleanup EXIT

"$ffi/packaging/install.sh" --debug --prefix "$work/prefix" >&2
export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig" LD_LIBRARY_PATH="$work/prefix/lib"
read -r -a flags < <(pkg-config --cflags --libs chat-drafts)
flags=(-g -Wall -Wextra -Werror -pedantic "${flags[@]}" -pthread)
python3 "$here/../vectors.py" >"$work/vectors.tsv"
mkdir "$work/small"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4m tmpfs "$work/small"; then
    small=$work/small
fi

passed=0 failed=0
fail() {
    failed=$((failed + 1))
    echo "does not hold: $1" >&2
}
run() { # a name, then a program; adds up its line of `N passed, N failed`
    local name=$1 output status=0 p f
    shift
    output=$("$@") || status=$?
    read -r p f < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' <<<"$output" | tail -n 1) || { p=0 f=0; }
    passed=$((passed + p)) failed=$((failed + f))
    [ "$status" = 0 ] || fail "$name ends well (exit code $status)"
    [ "$((p + f))" -gt 0 ] || fail "$name prints its counts"
}
build() { # a program's name and its sources, then the compiler and its options
    local program=$1 sources=() source
    for source in $2; do sources+=("$here/$source.cpp"); done
    shift 2
    "$@" "${sources[@]}" -o "$work/$program" "${flags[@]}"
}
behaviour="behaviour codes logins places callbacks endings listeners lists executors composing"
build_all() { # a name for them, then the compiler and its options
    local name=$1
    shift
    # Two at a time.
    build "$name-behaviour" "$behaviour" "$@" &
    build "$name-sample" sample "$@"
    build "$name-vectors" vectors "$@"
    build "$name-strings" strings "$@"
    wait $!
}
run_all() { # a name for them, then a command before each
    local name=$1 program
    shift
    for program in sample vectors strings behaviour; do
        mkdir "$work/$name-$program.d"
    done
    rm -rf "$work"/small/*
    run "$name: sample" "$@" "$work/$name-sample" "$work/$name-sample.d"
    run "$name: vectors" "$@" "$work/$name-vectors" "$work/$name-vectors.d" <"$work/vectors.tsv"
    run "$name: strings" "$@" "$work/$name-strings"
    run "$name: behaviour" "$@" "$work/$name-behaviour" "$work/$name-behaviour.d" $small
}

case $mode in
plain)
    build_all gcc g++ -std=c++11
    run_all gcc
    build_all clang clang++ -std=c++20
    run_all clang
    diff <("$work/gcc-sample" "$work") <(printf 'success\ndraftText: The draft text\n3 passed, 0 failed\n') >&2 ||
        fail "the sample prints what the README shows"

    # Every header by itself, in every standard.
    headers=("$work"/prefix/include/chat-drafts/{V2TIM,chat_drafts_}*.h)
    for standard in 11 14 17 20 2b; do
        for compiler in g++ clang++; do
            printf '%s\n' "${headers[@]}" >"$work/headers"
            if xargs -P 2 -I '{}' "$compiler" "-std=c++$standard" -fsyntax-only -x c++ "${flags[@]:0:6}" '{}' \
                <"$work/headers" >&2; then
                passed=$((passed + ${#headers[@]}))
            else
                fail "each header is C++$standard for $compiler"
            fi
            name=$compiler-$standard
            build "$name-strings" strings "$compiler" "-std=c++$standard" &
            build "$name-sample" sample "$compiler" "-std=c++$standard"
            wait $!
            mkdir "$work/$name.d"
            run "$name: sample" "$work/$name-sample" "$work/$name.d"
            run "$name: strings" "$work/$name-strings"
        done
    done
    ;;
sanitize)
    must_find() { # what finds it, the fault, what the report says, then the program
        local what=$1 fault=$2 report=$3
        shift 3
        mkdir "$work/$what-$fault"
        if "$@" "$work/$what-$fault" "$fault" >"$work/output" 2>&1; then
            fail "$what finds the $fault that was planted"
        elif grep -q "$report" "$work/output"; then
            passed=$((passed + 1))
        else
            fail "$what says '$report' of the $fault that was planted"
            cat "$work/output" >&2
        fi
    }
    # A leak is what nobody points to any more: threads that end with the program keep what is theirs.
    valgrind=(valgrind --quiet --trace-children=yes --leak-check=full --show-leak-kinds=definite
        --errors-for-leak-kinds=definite --error-exitcode=9)
    build_all valgrind g++ -std=c++11
    build planted planted g++ -std=c++11
    CHAT_DRAFTS_TEST_CALLS=2000 run_all valgrind "${valgrind[@]}"
    must_find valgrind leak "definitely lost" "${valgrind[@]}" "$work/planted"
    must_find valgrind use-after-free "Invalid read" "${valgrind[@]}" "$work/planted"

    build_all asan clang++ -std=c++20 -fsanitize=address -fno-omit-frame-pointer
    build planted planted clang++ -std=c++20 -fsanitize=address -fno-omit-frame-pointer
    run_all asan
    must_find LSan leak "LeakSanitizer: detected memory leaks" "$work/planted"
    must_find ASan use-after-free "heap-use-after-free" "$work/planted"

    build_all ubsan clang++ -std=c++20 -fsanitize=undefined -fno-sanitize-recover=all
    run_all ubsan
    ;;
*)
    echo "run.sh, or run.sh sanitize" >&2
    exit 2
    ;;
esac
[ "$mode" = plain ] && label=C++ || label="C++ under valgrind, ASan, LSan and UBSan"
echo "$label: $passed passed, $failed failed"
[ "$failed" = 0 ]
