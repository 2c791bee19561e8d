// What the demo is known to lack (demo/faults.yaml), and how to recognise it in what is recommended.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The indexes that are missing by design, as describe(IndexDefinition) writes them. */
export function missingIndexes(path) {
  const faults = parse(readFileSync(path, 'utf8')).faults.filter((fault) => fault.kind === 'missing_index');
  if (faults.length === 0) throw new Error(`${path} names no missing index`);
  return faults.map((fault) => fault.index);
}

const createIndex = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?\S+ ON (?:public\.)?(\S+) (?:USING (\w+) )?(\(.*)$/s;

// A B-tree is read in both directions and an operator class has near equals: which spelling is best is for the
// advisor's own tests. Here it counts that the table, the method, the keys in their order and the predicate are there.
function comparable(table, method, rest) {
  const keys = rest
    .replace(/ (ASC|DESC)\b| NULLS (FIRST|LAST)\b| \w+_ops\b/g, '')
    .replace(/\s+/g, ' ')
    .replace(/;\s*$/, '')
    .trim();
  return `${table} using ${method || 'btree'} ${keys}`;
}

/** Of "orders USING gin (a) WHERE b". */
export function identityOfDescription(description) {
  const found = /^(\S+) (?:USING (\w+) )?(\(.*)$/s.exec(description);
  if (!found) throw new Error(`cannot read the index ${description}`);
  return comparable(found[1], found[2], found[3]);
}

/** Of a CREATE INDEX CONCURRENTLY statement; null for any other text. */
export function identityOfStatement(sql) {
  const found = createIndex.exec(sql.trim().replace(/\s+/g, ' '));
  return found && comparable(found[1], found[2], found[3]);
}
