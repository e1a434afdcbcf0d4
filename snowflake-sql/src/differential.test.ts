import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { accepts, loadPeers, PEER_NAMES, type PeerName } from '../bench/peers.ts';
import type { StatementFamily } from './kinds.ts';
import { split } from './parse.ts';

/**
 * Second opinions. Where a library and this grammar disagree on whether a text is SQL, a rule below must say
 * why, by the construct; a disagreement that no rule explains fails, and is to be looked at.
 */
interface Rule {
  readonly why: string;
  readonly libraries?: readonly PeerName[];
  readonly families?: readonly StatementFamily[];
  readonly text?: RegExp;
}

/** We refuse, a library accepts. */
const REFUSED_BY_US: readonly Rule[] = [
  { why: 'declarations without the block they belong to', text: /^\s*declare\b(?![^]*\bbegin\b)/i },
  { why: 'UNSET takes names, not values', text: /\bunset\s+(?:tag\s+)?\w+\s*=/i },
  {
    why: 'ALTER names a routine by its types, not by its parameters',
    text: /^\s*alter\s+(?:function|procedure)\s+\w+\s*\(\w+ \w+\)/i,
  },
  { why: 'EXISTS takes a query', text: /exists\(\w+\)$/i },
  {
    why: 'options after the tags of one SET',
    text: /\bset\b[^]*\btag\b[^]*=[^]*(?:comment|integrations)\s*=/i,
  },
  {
    why: 'SET of a predicate, and INCREMENT without SET: not in the reference when this was written',
    text: /\bset (?:immutable|frozen) where|^\s*alter sequence \w+ increment/i,
  },
];

/** We accept, a library refuses, or keeps the text unread. */
const ACCEPTED_BY_US: readonly Rule[] = [
  {
    why: 'outside queries and DML the library knows little of Snowflake',
    families: ['ddl', 'admin', 'copy', 'scripting'],
  },
  {
    why: 'the library parses a third of Snowflake queries',
    libraries: ['nodeSqlParser'],
    families: ['query', 'dml'],
  },
  { why: 'chains of casts and paths', libraries: ['polyglot'], text: /::\w+(?:::\w+)*(?::|\[)/ },
  { why: 'three double quotes in a row', libraries: ['polyglot'], text: /"""/ },
  { why: 'a star with ILIKE', libraries: ['polyglot'], text: /\*\s+ilike\b/i },
  {
    why: 'words that Snowflake does not reserve',
    libraries: ['polyglot'],
    text: /\bunpivot as|select\s+limit\b|as connect_by_root\b/i,
  },
  { why: 'SELECT ... INTO', text: /\binto\s+:/i },
  { why: 'structured types', text: /\b(?:object|array|map)\s*\(/i },
  { why: 'IDENTIFIER(...) beyond a table in FROM', text: /identifier\s*\([^)]*\)\s*(?:\(|values)/i },
  { why: 'pattern operators of MATCH_RECOGNIZE', text: /match_recognize/i },
  { why: 'aliases of UNPIVOT columns', text: /unpivot\s*\(/i },
  { why: 'DIRECTED joins', text: /\bdirected\s+join\b/i },
  { why: 'MERGE ... ALL BY NAME', text: /\ball by name\b/i },
  { why: 'lambdas with types', text: /\(\w+ \w+, \w+ \w+\)\s*->/i },
];

const corpora = ['sqlfluff-snowflake', 'tpc']
  .map((name) => new URL(`../../../shared/corpora/${name}.ndjson`, import.meta.url))
  .filter((url) => existsSync(url));

describe.skipIf(corpora.length === 0).each(PEER_NAMES)('against %s', (library) => {
  let reads: (text: string) => boolean;
  beforeAll(async () => {
    ({ reads } = (await loadPeers())[library]);
  });

  test('every disagreement has a reason', () => {
    const unexplained = texts().flatMap((text) => {
      const { statements, failure } = split(text);
      const theirs = accepts(reads, text);
      const ours = failure === null;
      if (ours === theirs) return [];
      const family = (failure?.kind ?? statements[0]!.kind).family;
      const rules = ours ? ACCEPTED_BY_US : REFUSED_BY_US;
      return rules.some((rule) => explains(rule, library, family, text)) ? [] : [{ text, ours, theirs }];
    });
    expect(unexplained).toEqual([]);
  }, 120_000);
});

test('the only queries and DML that we refuse are no Snowflake SQL', () => {
  const refused = texts().filter((text) => {
    const family = split(text).failure?.kind.family;
    return family === 'query' || family === 'dml';
  });
  // sqlfluff's semi_structured_4: two arguments without a comma between them.
  expect(refused.every((text) => text.includes(":EVENT_TIME '1970-01-01'"))).toBe(true);
});

function texts(): string[] {
  return corpora.flatMap((url) =>
    readFileSync(url, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { sql: string }).sql),
  );
}

function explains(rule: Rule, library: PeerName, family: StatementFamily, text: string): boolean {
  return (
    (rule.libraries?.includes(library) ?? true) &&
    (rule.families?.includes(family) ?? true) &&
    (rule.text?.test(text) ?? true)
  );
}
