import type { Command, Redirection, WordPart } from 'unbash';
import type { Scope } from '../looking.ts';

/** Variables whose values are in a word as they are: not their lengths, nor what stands in their place. */
export function expandedIn(
  node: Command['args'][number] | Redirection,
  { variables }: Scope,
): readonly string[] {
  const word = node.type === 'Word' ? node : node.type === 'HereString' ? node.target : undefined;
  const names = (parts: readonly WordPart[]): readonly string[] =>
    parts.flatMap((part) => {
      switch (part.type) {
        case 'DoubleQuoted':
        case 'LocaleString':
          return names(part.parts);
        case 'SimpleExpansion':
          return [part.text.slice(1)];
        case 'ParameterExpansion': {
          const { operation, parameter, prefix } = part;
          const isInPlace = operation?.type === 'Default' && operation.operator.endsWith('+');
          return prefix === '#' || isInPlace ? [] : [parameter];
        }
        default:
          return [];
      }
    });
  return names(word?.parts ?? []).filter((name) => !variables.has(name));
}
