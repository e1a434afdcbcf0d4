import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from './parse.ts';

/**
 * DDL and administration, broken on purpose: a statement that lost a word, says one twice, or says one that
 * nobody knows, must be refused, or its policy decision is about something else than was written.
 *
 * In `mutants.txt`, words in capitals are Snowflake's, others are names and values, and `[...]` may be left out.
 */
const templates = readFileSync(new URL('./mutants.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

interface Item {
  readonly text: string;
  readonly type: 'word' | 'name' | 'other';
  /** Which `[...]` it is in; 0 when in none. */
  readonly group: number;
}

interface Mutant {
  readonly how: string;
  readonly text: string;
}

/** Mutants that are right again, by what makes them so. */
const VALID: readonly Rule[] = [
  { why: '`NULL` and `ENFORCED` are said too', how: /missing/, text: /int NULL|PRIMARY KEY ENFORCED/ },
  { why: 'LOCAL may be left out', how: /missing/, text: /REPLACE TEMPORARY TABLE/ },
  { why: 'WITH may be left out', how: /missing/, text: /(?<!WITH )(?:(?:MASKING|ACCESS) POLICY p|TAG \( x)/ },
  { why: 'another query: the name is an alias now', how: /missing/, text: /SELECT a (?:, b )?[tu]$/ },
  { why: 'a comma may end a list before FROM', how: /missing/, text: /SELECT a , FROM t/ },
  {
    why: 'WITH and BY of a sequence may be left out, or stand before START',
    text: /SEQUENCE .*(?:START|INCREMENT) (?:1|BY 1)/,
  },
  { why: 'the words of a routine have no order', how: /swapped/, text: /LANGUAGE SQL IMMUTABLE STRICT/ },
  { why: 'a comparison is a body', how: /missing/, text: /-> comment = 'x'$/ },
  {
    why: 'COLUMN may be left out',
    how: /missing/,
    text: /ALTER TABLE t (?:ALTER|MODIFY|DROP) (?:a|IF|KEY)\b|, b (?:UN)?SET TAG/,
  },
  { why: 'SET may be left out', how: /missing/, text: /ALTER COLUMN a NOT NULL$/ },
  { why: 'RECLUSTER starts one, too', how: /missing/, text: /ALTER TABLE t RECLUSTER$/ },
  {
    why: 'a word that is not reserved is the name now',
    text: /ALTER TABLE SUSPEND|(?:CONSTRAINT|EXISTS|ROLE) (?:CASCADE|RESTRICT)$|ACCOUNT ACCOUNT|ROLES FROBNICATE/,
  },
  {
    why: 'without a name, the current one is meant',
    how: /missing/,
    text: /ALTER WAREHOUSE SET|ALTER USER ADD|IN (?:SCHEMA|DATABASE|TABLE)(?: STARTS|$)/,
  },
  {
    why: 'a routine without arguments',
    how: /missing/,
    text: /(?:FUNCTION|PROCEDURE)(?: IF EXISTS)? [fp] \( \)/,
  },
  {
    why: 'the type without its first word is a type',
    how: /missing/,
    text: /(?:DROP|CREATE) (?:VIEW|ROLE|DATABASE)\b(?! ROLE)|TO ROLE r$|ALTER TABLE d REFRESH/,
  },
  { why: 'TABLE may be left out', how: /missing/, text: /^TRUNCATE IF|^(?:GRANT|REVOKE).* ON t / },
  {
    why: 'ROLE may be left out, and SHARE and USER name another then',
    how: /missing/,
    text: /^(?:GRANT|REVOKE).* (?:TO|FROM) [rsu](?: WITH| COPY| CASCADE|$)/,
  },
  { why: 'PRIVILEGES may be left out', how: /missing/, text: /^REVOKE ALL ON/ },
  {
    why: 'a schema or table may be named alone',
    how: /missing/,
    text: /^SHOW.* IN [std]\b|^DESCRIBE t$|^USE [\w.]+$/,
  },
];

/** Mutants that Snowflake refuses and we accept, by why. */
const ACCEPTED: readonly Rule[] = [
  {
    why: 'the names of options are not listed',
    text: /TABLE d target_lag|FUNCTION f .* api_integration|SET x = 'y'$|UNSET FROBNICATE/,
  },
  { why: 'a default is an expression, which may be collated', how: /twice/, text: /COLLATE 'en-ci' COLLATE/ },
  { why: 'a comma may end a list of columns: not sure that Snowflake refuses it', text: /\( a , \)/ },
  { why: 'what SHOW lists is not tied to where', text: /SHOW ROLES IN DATABASE d/ },
];

interface Rule {
  readonly why: string;
  readonly how?: RegExp;
  readonly text: RegExp;
}

describe.each(templates)('%s', (template) => {
  test('is understood, whole and without what may be left out', () => {
    const items = itemsOf(template);
    expect(refusal(textOf(items))).toBeNull();
    expect(refusal(textOf(items.filter(({ group }) => group === 0)))).toBeNull();
  });
});

test('what is broken is refused, but for the reasons listed', () => {
  const mutants = templates.flatMap((template) => mutantsOf(itemsOf(template)));
  const accepted = mutants.filter(({ text }) => refusal(text) === null);
  const wrong = accepted.filter((mutant) => !VALID.some((rule) => explains(rule, mutant)));
  const unexplained = wrong.filter((mutant) => !ACCEPTED.some((rule) => explains(rule, mutant)));
  expect(unexplained.map(({ how, text }) => `${how}: ${text}`)).toEqual([]);
  expect(mutants.length).toBeGreaterThan(2000);
  expect(wrong.length / mutants.length).toBeLessThan(0.01);
});

test('every reason is needed', () => {
  const accepted = templates
    .flatMap((template) => mutantsOf(itemsOf(template)))
    .filter(({ text }) => refusal(text) === null);
  const idle = [...VALID, ...ACCEPTED].filter((rule) => !accepted.some((mutant) => explains(rule, mutant)));
  expect(idle).toEqual([]);
});

function explains({ how, text }: Rule, mutant: Mutant): boolean {
  return (how?.test(mutant.how) ?? true) && text.test(mutant.text);
}

function refusal(text: string): string | null {
  const parsed = parse(text);
  return parsed.outcome === 'parsed' ? null : parsed.message;
}

function itemsOf(template: string): Item[] {
  let group = 0;
  let groups = 0;
  const items: Item[] = [];
  for (const mark of template.match(/'[^']*'|@\w+|\w[\w.]*|->|=>|\S/g)!) {
    if (mark === '[') group = ++groups;
    else if (mark === ']') group = 0;
    else items.push({ text: mark, type: typeOf(mark), group });
  }
  return items;
}

function typeOf(mark: string): Item['type'] {
  if (/^[A-Z_]+$/.test(mark)) return 'word';
  return /^[a-z]/.test(mark) ? 'name' : 'other';
}

function textOf(items: readonly Item[]): string {
  return items.map(({ text }) => text).join(' ');
}

function mutantsOf(items: readonly Item[]): Mutant[] {
  const whole = textOf(items);
  const mutants: Mutant[] = [];
  const add = (how: string, changed: readonly Item[]) => {
    const text = textOf(changed);
    if (text !== whole && !mutants.some((other) => other.text === text)) mutants.push({ how, text });
  };
  items.forEach((item, at) => {
    const [before, after] = [items.slice(0, at), items.slice(at + 1)];
    const next = after[0];
    const isGroup = items.filter(({ group }) => group === item.group).length === 1;
    if (item.type === 'word') {
      if (item.group === 0 || !isGroup) add('a word is missing', [...before, ...after]);
      add('a word stands twice', [...before, item, ...items.slice(at)]);
      add('an unknown word', [...before, { ...item, text: 'FROBNICATE' }, ...after]);
      if (next?.type === 'word') add('two words are swapped', [...before, next, item, ...after.slice(1)]);
    }
    if (item.type === 'name' && next?.text !== '=') add('a name is missing', [...before, ...after]);
    if (next?.text === '=') {
      const value = after[1]!.text === '(' ? after.findIndex(({ text }) => text === ')') + 1 : 2;
      const option = [item, ...after.slice(0, value)];
      add('an option stands twice', [...before, ...option, ...option, ...after.slice(value)]);
    }
  });
  const groups = new Set(items.map(({ group }) => group).filter((group) => group > 0));
  for (const group of groups) {
    const members = items.filter((item) => item.group === group);
    const end = items.lastIndexOf(members.at(-1)!) + 1;
    add('a clause stands twice', [...items.slice(0, end), ...members, ...items.slice(end)]);
  }
  return mutants;
}
