import type { Finding, LookedAt } from '../finding.ts';
import { addressFix } from './address-fix.ts';
import { blockFix } from './block-fix.ts';
import type { Fix } from './fix.ts';
import { importsFor } from './imports.ts';
import { type RelayAddress, partsOf } from './relay.ts';
import { serverFix } from './server-fix.ts';

/**
 * What points a finding's connection at a relay, in the terms of the client that reads the file; null where it is not known how
 * that client is told. It takes the secret out, and puts no token in.
 */
export function fixFor(file: LookedAt, finding: Finding, relay: RelayAddress): Fix | null {
  const { part } = finding;
  if (part === null) return null;
  const parts = partsOf(relay);
  const fix =
    part.type === 'block'
      ? blockFix(file, part.block, parts)
      : part.type === 'address'
        ? addressFix(file, part.address, parts)
        : serverFix(file, part.server, parts);
  return fix === null ? null : { ...fix, edits: [...importsFor(file, fix.edits), ...fix.edits] };
}
