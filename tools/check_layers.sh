#!/usr/bin/env bash
# Fails when an include line crosses the layers of tools/layers.txt. Usage: check_layers.sh [ROOT]
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/.." && pwd)}
cd "$root"
awk '
  FNR == NR {
    if ($1 == "folder") {
      sub(/:$/, "", $2); known[$2] = 1; allowed[$2, $2] = 1
      for (i = 3; i <= NF; i++) allowed[$2, $i] = 1
    } else if ($1 == "header") {
      sub(/:$/, "", $2); headers[$2] = ""
      for (i = 3; i <= NF; i++) headers[$2] = headers[$2] " " $i
    }
    next
  }
  !/^[ \t]*#[ \t]*include[ \t]*[<"]/ { next }
  {
    folder = FILENAME; sub(/\/.*/, "", folder)
    included = $0; sub(/^[^<"]*[<"]/, "", included); sub(/[>"].*/, "", included)
    target = included; sub(/\/.*/, "", target)
    if (("/" included) ~ /\/\.\.\//) {  # would hide the folder
      printf "%s:%d: include \"%s\" from the root of the tree\n", FILENAME, FNR, included; bad = 1
    }
    if (included ~ /\// && (target in known)) {
      if (!((folder, target) in allowed)) {
        printf "%s:%d: %s may not include \"%s\" (tools/layers.txt)\n", FILENAME, FNR, folder, included; bad = 1
      }
      next
    }
    for (header in headers) if (index("/" included, "/" header)) {  # <postgresql/libpq-fe.h> as well
      fine = 0; n = split(headers[header], places, " ")
      for (i = 1; i <= n; i++) if (index(FILENAME, places[i]) == 1) fine = 1
      if (!fine) {
        printf "%s:%d: <%s> belongs in%s only (tools/layers.txt)\n", FILENAME, FNR, included, headers[header]; bad = 1
      }
    }
  }
  END { exit bad }
' tools/layers.txt $(awk '$1 == "folder" { sub(/:$/, "", $2); print $2 }' tools/layers.txt |
  while read -r folder; do find "$folder" -name '*.[ch]pp' -o -name '*.[ch]' -o -name '*.cc' 2>/dev/null || true; done | sort)
