import type { PolicyReference, TagAssignment } from '../tree/options.ts';
import type { Name } from '../tree/names.ts';
import type { Keyword } from '../keywords.ts';
import { bind, sessionVariable, stringLiteral } from './literals.ts';
import { identifier, objectName } from './names.ts';
import {
  type Parser,
  areWords,
  eatWord,
  endOf,
  expectSymbol,
  isAnyWord,
  isSymbol,
  isWord,
  parenthesizedList,
  startOf,
} from './parser.ts';

/** `[WITH] TAG (a = 'x', ...)`; null when none is next. */
export function eatTags(p: Parser): TagAssignment[] | null {
  const ahead = isWord(p, 'WITH') ? 1 : 0;
  if (!isWord(p, 'TAG', ahead) || !isSymbol(p, '(', ahead + 1)) return null;
  p.at += ahead + 1;
  return parenthesizedList(p, tagAssignment);
}

/** `a = 'x', b = 'y'`, without parentheses, up to a comma that is followed by another column rather than a tag. */
export function tagList(p: Parser): TagAssignment[] {
  const tags = [tagAssignment(p)];
  while (isSymbol(p, ',') && isSymbol(p, '=', endOfTag(p, 1))) {
    p.at++;
    tags.push(tagAssignment(p));
  }
  return tags;
}

/** `a, b`: the tags to remove, up to a comma that is followed by another column. */
export function tagNames(p: Parser): Name[] {
  const tags = [objectName(p)];
  while (isSymbol(p, ',') && !isWord(p, 'COLUMN', 1) && !isAnyWord(p, endOfTag(p, 1))) {
    p.at++;
    tags.push(objectName(p));
  }
  return tags;
}

/** How far ahead the tag name that starts at `ahead` ends: `t`, `s.t`, `d.s.t`, `IDENTIFIER(...)`. */
function endOfTag(p: Parser, ahead: number): number {
  if (isWord(p, 'IDENTIFIER', ahead) && isSymbol(p, '(', ahead + 1)) return ahead + 4;
  let end = ahead + 1;
  for (let parts = 1; parts < 3 && isSymbol(p, '.', end); parts++) end += 2;
  return end;
}

function tagAssignment(p: Parser): TagAssignment {
  const tag = objectName(p);
  expectSymbol(p, '=');
  const value = isSymbol(p, 'variable')
    ? sessionVariable(p)
    : isSymbol(p, ':')
      ? bind(p)
      : isSymbol(p, 'quoted')
        ? identifier(p)
        : stringLiteral(p);
  return { kind: 'tag_assignment', start: tag.start, end: endOf(p), tag, value };
}

/** `[WITH] MASKING POLICY p USING (a)` and the other kinds of policy on an object; null when none is next. */
export function eatPolicy(p: Parser): PolicyReference | null {
  const ahead = isWord(p, 'WITH') ? 1 : 0;
  const found = peekPolicy(p, ahead);
  if (found === null) return null;
  const start = startOf(p);
  p.at += ahead + found.words.length;
  return policyReference(p, start, found.policy);
}

/** The name of a policy and its columns, after the keywords that give its kind. */
export function policyReference(
  p: Parser,
  start: number,
  policy: PolicyReference['policy'],
): PolicyReference {
  const name = objectName(p);
  const columns = hasColumns(p) ? parenthesizedList(p, p.grammar.expression) : [];
  return { kind: 'policy_reference', start, end: endOf(p), policy, name, columns };
}

function hasColumns(p: Parser): boolean {
  if (areWords(p, 'ENTITY', 'KEY')) {
    p.at += 2;
    return true;
  }
  if (areWords(p, 'ALLOWED', 'JOIN', 'KEYS')) {
    p.at += 3;
    return true;
  }
  return isSymbol(p, '(', 1) && (eatWord(p, 'USING') || eatWord(p, 'ON'));
}

/** The kind of policy whose keywords start at the token `ahead`, if any. */
export function peekPolicy(p: Parser, ahead = 0): (typeof POLICIES)[number] | null {
  return POLICIES.find(({ words }) => words.every((each, i) => isWord(p, each, ahead + i))) ?? null;
}

const POLICIES: readonly {
  readonly words: readonly Keyword[];
  readonly policy: PolicyReference['policy'];
}[] = [
  { words: ['MASKING', 'POLICY'], policy: 'masking' },
  { words: ['PROJECTION', 'POLICY'], policy: 'projection' },
  { words: ['ROW', 'ACCESS', 'POLICY'], policy: 'row_access' },
  { words: ['AGGREGATION', 'POLICY'], policy: 'aggregation' },
  { words: ['JOIN', 'POLICY'], policy: 'join' },
  { words: ['PRIVACY', 'POLICY'], policy: 'privacy' },
  { words: ['STORAGE', 'LIFECYCLE', 'POLICY'], policy: 'storage_lifecycle' },
  { words: ['AUTHENTICATION', 'POLICY'], policy: 'authentication' },
  { words: ['PASSWORD', 'POLICY'], policy: 'password' },
  { words: ['SESSION', 'POLICY'], policy: 'session' },
  { words: ['PACKAGES', 'POLICY'], policy: 'packages' },
  { words: ['FEATURE', 'POLICY'], policy: 'feature' },
  { words: ['BACKUP', 'POLICY'], policy: 'backup' },
  { words: ['SNAPSHOT', 'POLICY'], policy: 'snapshot' },
];
