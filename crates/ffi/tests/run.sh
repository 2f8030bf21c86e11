#!/usr/bin/env bash
# Runs the tests of every language and prints a line each. `run.sh sanitize` runs those of C and C++ under valgrind, ASan,
# LSan and UBSan. setup.sh installs what they need.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mode=${1:-plain}
case $mode in
plain) languages=(c:C cpp:C++ java:Java kotlin:Kotlin) ;;
sanitize) languages=(c:C cpp:C++) ;;
*) echo "run.sh, or run.sh sanitize" >&2 && exit 2 ;;
esac

status=0 lines=()
for language in "${languages[@]}"; do
    output=$("$here/${language%%:*}/run.sh" $([ "$mode" = plain ] || echo "$mode")) || status=1
    printf '%s\n' "$output"
    line=$(tail -n 1 <<<"$output")
    case $line in
    "${language#*:}"*": "*) ;;
    *) line="${language#*:}: not run to its end" status=1 ;;
    esac
    lines+=("$line")
done
printf '\n'
printf '%s\n' "${lines[@]}"
exit $status
