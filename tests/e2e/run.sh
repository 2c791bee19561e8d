#!/usr/bin/env bash
# The whole program as a person meets it: the demo starts, its report is read in a browser, its metrics by a real
# Prometheus, and nothing stays behind.
#
#   tests/e2e/run.sh [PROGRAM]
#
# PROGRAM: the built pgsextant (default: build/dev/bin/pgsextant). PROMETHEUS, PROMTOOL: their programs (default: in PATH).
# PGSEXTANT_ARTIFACTS: where screenshots and logs go (default: build/artifacts). PGSEXTANT_DEMO_OPTIONS: further options
# of the demo, e.g. "--scale 0.2". CHROMIUM: the browser. Exits 77 (skipped) when a program that it needs is missing.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

program=$(readlink -f "${1:-build/dev/bin/pgsextant}")
prometheus=${PROMETHEUS:-$(command -v prometheus || true)}
promtool=${PROMTOOL:-$(command -v promtool || true)}
artifacts=${PGSEXTANT_ARTIFACTS:-build/artifacts}
read -ra demo_options <<<"${PGSEXTANT_DEMO_OPTIONS:-}"

skip() { echo "skipped: $*"; exit 77; }
[ -x "$program" ] || skip "$program is not built"
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || skip "Chromium is not installed"
[ -x "$prometheus" ] && [ -x "$promtool" ] || skip "Prometheus is not there (PROMETHEUS, PROMTOOL)"
[ -d tests/e2e/node_modules/playwright-core ] || skip "npm packages are missing: (cd tests/e2e && npm ci)"

mkdir -p "$artifacts"
artifacts=$(readlink -f "$artifacts")
work=$(mktemp -d /tmp/pgsextant-e2e.XXXXXX)
# Private servers run as another user when we are root: they must be able to get there.
chmod 755 "$work"
mkdir -m 1777 "$work/tmp"
demo='' scraper=''
failed=0

fail() { echo "FAIL $*" >&2; failed=1; }
ok() { echo "ok   $*"; }
alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

wait_for_end() { # PID SECONDS
  local i
  for ((i = 0; i < $2 * 10; i++)); do
    alive "$1" || return 0
    sleep 0.1
  done
  return 1
}

clean_up() {
  local pid
  # Each was started in a group of its own, whose id is its pid.
  for pid in $scraper $demo; do
    if alive "$pid"; then
      kill -TERM -- "-$pid" 2>/dev/null || true
      wait_for_end "$pid" 20 || kill -KILL -- "-$pid" 2>/dev/null || true
    fi
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# --- the demo -------------------------------------------------------------------------------------------------------
echo "starting the demo"
: >"$work/demo.out"
TMPDIR="$work/tmp" setsid "$program" demo --port 0 "${demo_options[@]}" >"$work/demo.out" 2>"$artifacts/demo.log" &
demo=$!
url=''
for ((i = 0; i < 1800; i++)); do
  url=$(sed -n 's|^pgsextant: report at \(http://127\.0\.0\.1:[0-9]*/[^ ]*\)$|\1|p' "$work/demo.out")
  [ -n "$url" ] && break
  alive "$demo" || break
  sleep 0.1
done
if [ -z "$url" ]; then
  tail -n 30 "$artifacts/demo.log" >&2
  fail "the demo gave no address within 180 s"
  exit 1
fi
base=$(sed 's|^\(http://[^/]*\)/.*|\1|' <<<"$url")
# The address of the report is the page of the primary, or the list of servers.
[ "$url" = "$base/" ] && url=$base/servers/shop
ok "the demo answers at $url"

# --- the report in a browser ----------------------------------------------------------------------------------------
TMPDIR="$work/tmp" timeout 400 node tests/e2e/report.mjs "$url" "$artifacts" || fail "the report in the browser"

# --- the metrics ----------------------------------------------------------------------------------------------------
node -e 'fetch(process.argv[1], { signal: AbortSignal.timeout(15000) }).then((a) => a.text()).then((t) => process.stdout.write(t))' \
  "$base/metrics" >"$artifacts/metrics.txt"
status=0
timeout 30 "$promtool" check metrics <"$artifacts/metrics.txt" >"$work/lint" 2>&1 || status=$?
# 3: lint complaints. Names that postgres_exporter gave are what they are; ours have no excuse.
if [ "$status" -ne 0 ] && [ "$status" -ne 3 ]; then
  cat "$work/lint" >&2
  fail "promtool cannot read /metrics"
elif grep -v '^pg_' "$work/lint" >&2; then
  fail "promtool complains of our own metrics"
else
  ok "promtool reads /metrics and has nothing against pgsextant_*"
fi

port=$(free_port)
cat >"$work/prometheus.yml" <<END
global: { scrape_interval: 2s, scrape_timeout: 2s }
scrape_configs:
  - job_name: pgsextant
    static_configs: [{ targets: ['${base#http://}'] }]
END
setsid "$prometheus" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --log.level=warn \
  --web.listen-address="127.0.0.1:$port" >"$artifacts/prometheus.log" 2>&1 &
scraper=$!
sleep 16
if alive "$scraper"; then
  timeout 120 node tests/e2e/prometheus.mjs "http://127.0.0.1:$port" || fail "the metrics in Prometheus"
else
  tail -n 20 "$artifacts/prometheus.log" >&2
  fail "Prometheus did not start"
fi
kill -TERM "$scraper" 2>/dev/null || true
wait_for_end "$scraper" 20 || fail "Prometheus does not end"

# --- the end --------------------------------------------------------------------------------------------------------
kill -TERM "$demo"
if wait_for_end "$demo" 30; then
  status=0
  wait "$demo" || status=$?
  [ "$status" -eq 0 ] && ok "SIGTERM ends the demo with status 0" || fail "the demo ended with status $status"
else
  fail "the demo did not end within 30 s of SIGTERM"
fi
left=''
for process in /proc/[0-9]*; do
  # Private servers have their directory below our TMPDIR in their command line.
  if { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -qF "$work/tmp/"; then left+=" ${process#/proc/}"; fi
done
[ -z "$left" ] && ok "no private PostgreSQL is left" || fail "processes are left:$left"
remains=$(find "$work/tmp" -mindepth 1 -maxdepth 1 -name 'pgsextant*' | tr '\n' ' ')
[ -z "$remains" ] && ok "no directory is left" || fail "directories are left: $remains"

[ "$failed" -eq 0 ] || { echo "the end-to-end test failed; screenshots and logs are in $artifacts" >&2; exit 1; }
echo "the end-to-end test passed; screenshots are in $artifacts"
