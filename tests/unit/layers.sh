#!/usr/bin/env bash
# The layers of tools/layers.txt hold, and breaking one fails: by an include line (tools/check_layers.sh) and by a link
# (cmake/Module.cmake). Run from the root of the tree. Usage: layers.sh COMPILER [LIBRARY_FOLDER]
set -euo pipefail
compiler=$1
libraries=${2:-}
copy=$(mktemp -d "${TMPDIR:-/tmp}/pgsextant-layers-XXXXXX")
trap 'rm -rf "$copy"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# --- Includes: the tree as it is, then one forbidden line at a time in a copy of it.
tools/check_layers.sh || fail "the tree crosses its layers"

mapfile -t folders < <(awk '$1 == "folder" { sub(/:$/, "", $2); print $2 }' tools/layers.txt)
cp -r tools "${folders[@]}" "$copy"

# check FILE LINE EXPECTED: with LINE as the last one of a new file, the check succeeds (EXPECTED is "allowed") or fails
# and names file, line and header.
check() {
  local file=$1 line=$2 expected=$3 output status=0
  printf '#include <string>\n\n%s\n' "$line" >"$copy/$file"
  output=$("$copy/tools/check_layers.sh" "$copy") || status=$?
  rm "$copy/$file"
  if [ "$expected" = allowed ]; then
    [ "$status" = 0 ] || fail "$file: $line was refused: $output"
  else
    [ "$status" != 0 ] || fail "$file: $line was not refused"
    case $output in
      "$file:3: "*"$expected"*) ;;
      *) fail "$file: $line gave: $output" ;;
    esac
  fi
}

check analyzer/x.cpp '#include "pg/session.hpp"' 'analyzer may not include "pg/session.hpp"'
check analyzer/x.hpp '#  include <pg/session.hpp>' 'analyzer may not include "pg/session.hpp"'
check analyzer/x.cpp '#include "../pg/session.hpp"' '../pg/session.hpp'
check advisor/x.cpp '#include "twin/server_cost_model.hpp"' 'advisor may not include'
check core/x.h '#include "store/store.hpp"' 'core may not include'
check web/x.cpp '#include "app/config.hpp"' 'web may not include'
check pg/x.cpp '#include <pqxx/pqxx>' '<pqxx/pqxx> belongs in pg/session.cpp'
check collector/x.hpp '#include <postgresql/libpq-fe.h>' '<postgresql/libpq-fe.h> belongs in pg/'
check analyzer/x.cpp '#include <pg_query.h>' '<pg_query.h> belongs in sql/'
check web/x.cpp '#include <SQLiteCpp/Database.h>' 'belongs in store/'
check analyzer/x.cpp '#include "sql/parse.hpp"' allowed
check analyzer/x.cpp '#include "analyzer/rule.hpp"' allowed
check sql/x.cpp '#include <pg_query.h>' allowed
check analyzer/x.cpp '// #include "pg/session.hpp"' allowed

# --- Links: a shared library that calls what its layers do not hold fails with the flag that every module is linked with.
flag=$(grep -o -- '-Wl,--no-undefined' cmake/Module.cmake | head -1) || fail "cmake/Module.cmake lost -Wl,--no-undefined"

# link OBJECT [ARGUMENT…]
link() { "$compiler" -shared "$flag" -o "$copy/linked.so" "$@" 2>&1; }

compile() { "$compiler" -std=c++20 -O0 -fPIC -I. -c -o "$copy/$2.o" -x c++ "$1"; }

cat >"$copy/caller.cpp" <<'CODE'
#include "pg/conninfo.hpp"
std::string call(std::string_view text) { return pgsextant::pg::redact(text); }
CODE
cat >"$copy/definition.cpp" <<'CODE'
#include "pg/conninfo.hpp"
std::string pgsextant::pg::redact(std::string_view message) { return std::string(message); }
CODE
compile "$copy/caller.cpp" caller
compile "$copy/definition.cpp" definition

if output=$(link "$copy/caller.o"); then fail "a forbidden link succeeded"; fi
case $output in
  *"undefined reference"*redact*) ;;
  *) fail "the forbidden link failed for another reason: $output" ;;
esac
output=$(link "$copy/caller.o" "$copy/definition.o") || fail "with the definition it does not link either: $output"
if [ -n "$libraries" ] && [ -e "$libraries/libpgsextant_pg.so" ]; then
  output=$(link "$copy/caller.o" -L"$libraries" -lpgsextant_pg) || fail "an allowed link failed: $output"
fi
echo "layers hold"
