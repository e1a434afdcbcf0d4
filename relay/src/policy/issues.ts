import type { z } from 'zod';
import type { Issue } from './yaml-document.ts';

type ZodIssue = z.core.$ZodIssue;

/** What the schema found, in the words of the reader of the file: no names of types, always what is expected. */
export function formatIssue(issue: ZodIssue): readonly Issue[] {
  const at = (message: string): readonly Issue[] => [{ path: issue.path, message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: `unknown setting \`${key}\`` }));
    case 'invalid_type':
      return at(
        issue.message.endsWith('received undefined')
          ? `missing: expected ${kind(issue.expected)}`
          : `expected ${kind(issue.expected)}`,
      );
    case 'invalid_value':
      return at(`expected ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`);
    case 'invalid_union': {
      if (issue.discriminator !== undefined) {
        return at(
          `expected one of ${discriminators(issue)
            .map((option) => `\`${option}\``)
            .join(', ')}`,
        );
      }
      const inner = issue.errors
        .flat()
        .flatMap((error) => formatIssue(error))
        .map(({ message }) => message);
      return at([...new Set(inner)].join(', or '));
    }
    case 'invalid_format':
      return at(issue.message.startsWith('Invalid') ? 'expected another form' : `expected ${issue.message}`);
    case 'too_small':
      return at(
        issue.origin === 'array' || issue.origin === 'string'
          ? `expected at least ${issue.minimum} ${issue.origin === 'array' ? 'entry' : 'character'}`
          : `expected ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`,
      );
    case 'too_big':
      return at(`expected at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`);
    case 'invalid_key':
      return at(
        issue.issues
          .flatMap(formatIssue)
          .map(({ message }) => message)
          .join(', '),
      );
    case 'custom':
    case 'not_multiple_of':
    case 'invalid_element':
      return at(issue.message);
    default:
      return at('expected another value');
  }
}

function kind(expected: string): string {
  switch (expected) {
    case 'record':
    case 'object':
      return 'settings by name (a mapping)';
    case 'array':
      return 'a list';
    case 'string':
      return 'text';
    case 'int':
    case 'number':
      return 'a number';
    case 'boolean':
      return '`true` or `false`';
    default:
      return expected;
  }
}

/** Zod lists them on the issue of a discriminated union, and leaves them out of its types. */
function discriminators(issue: object): readonly string[] {
  const options: readonly unknown[] = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.filter((option) => typeof option === 'string');
}
