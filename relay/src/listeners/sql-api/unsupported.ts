import type { SplitStatement } from '../../analysis/index.ts';
import { SluiceError } from '../../errors.ts';

/**
 * Refuses what the SQL API has no use for (Snowflake's documentation: Limitations of the SQL API): files that only a
 * client could send or take; and, where a statement is sent alone, what changes nothing but a session that ends with it.
 * This is no control: a session is never shared by two requests.
 */
export function refuseUnsupported(statements: readonly SplitStatement[]): void {
  for (const { kind, isTemporary } of statements) {
    const name = kind.replaceAll('_', ' ').toUpperCase();
    if (kind === 'put' || kind === 'get') {
      throw unsupported(`${name} is not supported by the SQL API`, 'use a driver');
    }
    if (statements.length === 1 && (OF_A_SESSION.has(kind) || isTemporary)) {
      throw unsupported(
        isTemporary
          ? `${name} of something temporary is supported by the SQL API only among several statements`
          : `${name} is supported by the SQL API only among several statements`,
        'send it with the statements that it is for, with `multi_statement_count` in `parameters`; ' +
          'database, schema, warehouse, role and session parameters can be given with the request',
      );
    }
  }
}

const OF_A_SESSION: ReadonlySet<string> = new Set([
  'use_role',
  'use_secondary_roles',
  'use_warehouse',
  'use_database',
  'use_schema',
  'use_catalog',
  'alter_session',
  'set',
  'unset',
  'begin',
  'commit',
  'rollback',
]);

function unsupported(message: string, advice: string): SluiceError {
  return new SluiceError('request_unsupported', message, { advice });
}
