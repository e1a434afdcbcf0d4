import { teaches } from '@sluice/agent-hook/recognisers';
import type { Finding, Known, LookedAt } from '../finding.ts';

/** A private key of Snowflake's: one that a profile names, or whose own name says so. */
export function keyIn({ path, text }: LookedAt, known: Known): readonly Finding[] {
  const match = /-----BEGIN (?:ENCRYPTED |RSA |EC )?PRIVATE KEY-----/.exec(text);
  if (match === null || teaches(path) || !/[A-Za-z0-9+/=]{40}/.test(text)) return [];
  const isOurs =
    /snowflake|snowpark|(?:^|[/_-])rsa_key|(?:^|[/_-])sf[_-]/i.test(path) ||
    (known.isNamedKey?.(path) ?? false);
  if (!isOurs) return [];
  return [{ kind: 'key', name: null, part: null, start: match.index, end: match.index + match[0].length }];
}
