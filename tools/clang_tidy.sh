#!/usr/bin/env bash
# clang-tidy on changed files, newest change first, until the time is used up; or on all. Says what it left out.
# Usage: clang_tidy.sh CLANG_TIDY [--all]
set -euo pipefail
tidy=$1
scope=${2:-}
seconds=${PGSEXTANT_LINT_SECONDS:-90}
base=${PGSEXTANT_LINT_BASE:-$(git rev-list -1 --before='24 hours ago' HEAD)}
[ -n "$base" ] || base=$(git hash-object -t tree /dev/null) # a younger history: everything is new

if [ "$scope" = --all ]; then
  files=$(git ls-files '*.cpp'); seconds=100000
else
  # Uncommitted first, then by the latest commit that touched them.
  files=$( { git diff --name-only HEAD -- '*.cpp'; git ls-files -o --exclude-standard '*.cpp'
             if [ "$(git cat-file -t "$base")" = tree ]; then git log --format= --name-only -- '*.cpp'
             else git log --format= --name-only "$base"..HEAD -- '*.cpp'; fi; } | awk 'NF && !seen[$0]++')
fi
files=$(for file in $files; do [ -f "$file" ] && echo "$file"; done || true)
[ -n "$files" ] || { echo "clang-tidy: no changed file"; exit 0; }

# A folder of its own: clang cannot use g++'s precompiled headers.
cmake -S . -B build/lint -G Ninja -DPGSEXTANT_PCH=OFF -DBUILD_SHARED_LIBS=ON >/dev/null

total=$(wc -l <<<"$files")
started=$SECONDS
checked=0
failed=0
batch=()
run_batch() {
  [ ${#batch[@]} -gt 0 ] || return 0
  printf '%s\n' "${batch[@]}" | xargs -P "$(nproc)" -n 1 "$tidy" -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option \
    2> >(grep -vE 'warnings? (generated|treated)|^Suppressed|^Use -header-filter' >&2) || failed=1
  checked=$((checked + ${#batch[@]}))
  batch=()
}
echo "clang-tidy: $total file(s), at most ${seconds} s"
while read -r file; do
  [ $((SECONDS - started)) -lt "$seconds" ] || break
  batch+=("$file")
  [ ${#batch[@]} -lt $((2 * $(nproc))) ] || run_batch
done <<<"$files"
[ $((SECONDS - started)) -ge "$seconds" ] || run_batch
echo "clang-tidy: checked $checked of $total file(s) in $((SECONDS - started)) s$([ "$checked" = "$total" ] || echo '; the rest with ./dev lint --all')"
exit $failed
