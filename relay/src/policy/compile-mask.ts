import type { MaskingPolicy } from '../masking/index.ts';
import type { MaskEntry } from './document.ts';
import type { TagMask } from './policy.ts';

/** A mask as written, made complete. Tokens that name no domain join within `domain`: the tag, or the pattern. */
export function compileMask(entry: MaskEntry, domain: string): TagMask {
  return {
    policy: maskingPolicy(entry, domain),
    expressions: entry.expressions,
    aggregates: entry.aggregates,
  };
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
