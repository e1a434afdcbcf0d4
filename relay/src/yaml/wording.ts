import type { z } from 'zod';
import { quoted, word } from '../text/index.ts';

/** Where in a document, and what is wrong there. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type ZodIssue = z.core.$ZodIssue;

/**
 * What the schema found, in the words of the reader of the file: no names of types; always what is expected, and what
 * stands there instead.
 *
 * @param document the whole value that was checked.
 */
export function issuesOf(
  issue: ZodIssue,
  document: unknown,
  isSecret: (path: readonly PropertyKey[]) => boolean,
): readonly Issue[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown setting \`${key}\`` }));
  }
  const message = wanted(issue);
  if (!message.startsWith('expected ') || issue.code === 'custom') return [{ path, message }];
  // What is wrong with a key is the key.
  const stands = issue.code === 'invalid_key' ? String(path.at(-1)) : at(document, path);
  const given = found(stands, isSecret(path));
  return [{ path, message: given === null ? message : `${message}, found ${given}` }];
}

function wanted(issue: ZodIssue): string {
  if (isOwnWording(issue.message)) {
    const { message } = issue;
    return issue.code === 'custom' || message.startsWith('expected ') ? message : `expected ${message}`;
  }
  switch (issue.code) {
    case 'invalid_type': {
      const kind = kindShown(issue.expected);
      return issue.message.endsWith('received undefined') ? `missing: expected ${kind}` : `expected ${kind}`;
    }
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map(String))}`;
    case 'invalid_union':
      return issue.discriminator === undefined
        ? anyOf(issue.errors.flat().map(wanted))
        : `expected ${oneOf(discriminators(issue))}`;
    case 'invalid_format':
      return `expected ${FORMATS[issue.format] ?? 'another form'}`;
    case 'too_small':
      return `expected ${issue.inclusive === true ? 'at least' : 'more than'} ${amountOf(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive === true ? 'at most' : 'less than'} ${amountOf(issue.maximum, issue.origin)}`;
    case 'invalid_key':
      return anyOf(issue.issues.map(wanted));
    case 'unrecognized_keys':
      return `expected no setting ${oneOf(issue.keys)}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'custom':
    case 'invalid_element':
      return 'expected another value';
    default:
      return issue satisfies never;
  }
}

/** Whether the schema says it in words of its own; else they are zod's. */
function isOwnWording(message: string): boolean {
  return !/^(?:Invalid|Too (?:small|big)|Unrecognized key|No matching)/.test(message);
}

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL such as `https://example.com`',
  datetime: 'a moment such as `2026-01-07T12:00:00Z`',
  ipv4: 'an IP address',
  ipv6: 'an IP address',
  cidrv4: 'a network such as `10.0.0.0/8`',
  cidrv6: 'a network such as `fd00::/8`',
};

function kindShown(expected: string): string {
  switch (expected) {
    case 'record':
    case 'object':
      return 'settings by name (a mapping)';
    case 'array':
      return 'a list';
    case 'string':
      return 'text';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return '`true` or `false`';
    case 'null':
      return '`null`';
    default:
      return expected;
  }
}

function amountOf(amount: number | bigint, origin: string): string {
  const [one, more] =
    origin === 'array' || origin === 'set'
      ? ['entry', 'entries']
      : origin === 'string'
        ? ['character', 'characters']
        : ['', ''];
  return `${amount} ${amount === 1 ? one : more}`.trim();
}

function oneOf(values: readonly string[]): string {
  const all = values.map((value) => `\`${value}\``);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)!}`;
}

function anyOf(messages: readonly string[]): string {
  const all = [...new Set(messages.map((message) => message.replace(/^expected /, '')))];
  return `expected ${all.join(', or ')}`;
}

/** Null for what is not there at all. */
function found(value: unknown, isSecret: boolean): string | null {
  if (value === undefined) return null;
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'settings by name (a mapping)';
  if (value === '') return 'an empty text';
  if (isSecret) return typeof value === 'string' ? 'another text' : 'another value';
  return typeof value === 'string' ? textShown(value) : `\`${JSON.stringify(value)}\``;
}

/** As it may stand in YAML: a text that looks like a number, or like `true`, is in quotation marks. */
function textShown(text: string): string {
  const looksOtherwise = /^(?:\d.*|true|false|null|yes|no|on|off)$/i.test(text);
  return !looksOtherwise && word(text) === text ? `\`${text}\`` : quoted(text, { most: 40 });
}

function at(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    document,
  );
}

/** Zod lists them on the issue of a discriminated union, and leaves them out of its types. */
function discriminators(issue: object): readonly string[] {
  const options: readonly unknown[] = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.filter((option) => typeof option === 'string');
}
