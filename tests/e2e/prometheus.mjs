// What a real Prometheus has after scraping the demo for a while.
//   node prometheus.mjs PROMETHEUS_URL

const [prometheus] = process.argv.slice(2);
const failures = [];

function check(holds, what) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) failures.push(what);
}

async function query(expression) {
  const address = new URL('/api/v1/query', prometheus);
  address.searchParams.set('query', expression);
  const answer = await (await fetch(address, { signal: AbortSignal.timeout(10000) })).json();
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

const one = async (expression) => (await query(expression))[0]?.value ?? NaN;

check((await one('min(up{job="pgsextant"})')) === 1, 'up is 1');
check((await one('min_over_time(up{job="pgsextant"}[1m])')) === 1, 'no scrape failed');
check((await one('count_over_time(up{job="pgsextant"}[1m])')) >= 4, 'it was scraped several times');
const ups = await query('pg_up');
check(ups.length >= 1 && ups.every(({ value }) => value === 1), `pg_up is 1 for every server (${ups.length})`);
check(ups.every(({ metric }) => metric.server), 'every series of it names its server');

// One family of each part; each must have series, not only a HELP line.
for (const family of ['pg_stat_database_xact_commit', 'pg_stat_activity_count', 'pg_locks_count',
                      'pg_settings_max_connections', 'pg_stat_user_tables_n_live_tup', 'pg_database_size_bytes',
                      'pg_postmaster_start_time_seconds', 'pgsextant_build_info', 'pgsextant_source_success',
                      'pgsextant_findings', 'pgsextant_recommendations', 'pgsextant_vital_health']) {
  check((await one(`count({__name__="${family}", job="pgsextant"})`)) > 0, `${family} has series`);
}

// The databases' counters are read every 10 to 15 seconds: what moves between two readings takes longer to show.
async function eventually(expression, seconds) {
  for (const until = Date.now() + seconds * 1000; Date.now() < until; ) {
    if ((await one(expression)) > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return false;
}
check(await eventually('sum(increase(pg_stat_database_xact_commit{datname="shop"}[1m]))', 45), 'the shop commits');
const failed = await query('sum by (server, source) (increase(pgsextant_source_failures_total[1m])) > 0');
check(failed.length === 0, `no source fails ${failed.map(({ metric }) => JSON.stringify(metric)).join(' ')}`);

if (failures.length > 0) {
  console.error(`\n${failures.length} of the checks in Prometheus failed:`);
  for (const failure of failures) console.error(`  ${failure}`);
  process.exit(1);
}
