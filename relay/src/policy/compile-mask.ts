import type { MaskingPolicy } from '../masking/index.ts';
import type { MaskEntry } from './document.ts';
import type { UseKind } from '@sluice/snowflake-sql';
import type { Substitute, TagMask } from './policy.ts';

/** A mask as written, made complete. Tokens that name no domain join within `domain`: the tag, or the pattern. */
export function compileMask(entry: MaskEntry, domain: string): TagMask {
  return {
    policy: maskingPolicy(entry, domain),
    expressions: entry.expressions,
    aggregates: entry.aggregates,
    uses: compileUses(entry.uses),
  };
}

/** Every use that a reader can be served with something else than values; `token` serves what asks for equality. */
const TOKEN_USES: readonly UseKind[] = ['group', 'join'];
const BLANK_USES: readonly UseKind[] = ['compare', 'equal', 'join', 'group', 'order', 'window', 'argument'];

function compileUses(entry: MaskEntry['uses']): TagMask['uses'] {
  if (entry === undefined) return new Map();
  if (typeof entry === 'string')
    return new Map((entry === 'token' ? TOKEN_USES : BLANK_USES).map((use) => [use, entry]));
  return new Map(Object.entries(entry) as [UseKind, Substitute][]);
}

function maskingPolicy(entry: MaskEntry, domain: string): MaskingPolicy {
  switch (entry.method) {
    case 'redact':
      return { method: 'redact' };
    case 'null':
    case null:
      return { method: 'null' };
    case 'constant':
      return { method: 'constant', value: entry.value };
    case 'partial':
      return { method: 'partial', keepFirst: entry.keep_first, keepLast: entry.keep_last };
    case 'token':
      return { method: 'token', domain: entry.domain ?? domain };
    case 'date':
      return { method: 'date', to: entry.to };
    case 'number':
      return { method: 'number', step: entry.step };
    case 'detect':
      return { method: 'detect', detectors: entry.detectors };
    default:
      return entry satisfies never;
  }
}
