import { formatIdentifier } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import { unsupported } from './errors.ts';

/**
 * Whether ALTER COLUMN may make a column of the other type, each as DESCRIBE TABLE names it (Snowflake: "ALTER TABLE ... ALTER
 * COLUMN", unsupported actions). Fewer digits are refused: Snowflake takes them where every value fits.
 */
export function checkChange(column: string, from: string, to: string | null): void {
  if (from === to) return;
  const [one, other] = [parsed(from), to === null ? null : parsed(to)];
  const isText = one?.name === 'VARCHAR' && other?.name === 'VARCHAR';
  if (isText && other.size >= one.size) return;
  if (one?.name === 'NUMBER' && other?.name === 'NUMBER' && one.scale === other.scale) {
    if (other.size >= one.size) return;
    throw unsupported('a column of fewer digits than it has');
  }
  const because = isText ? ' because reducing the byte-length of a varchar is not supported' : '';
  throw new SluiceError(
    'statement_failed',
    `SQL compilation error:\ncannot change column ${formatIdentifier(column)} from type ${from} to ${to ?? 'another'}${because}.`,
    { advice: '', warehouse: { code: '040052', sqlState: '22000' } },
  );
}

interface Sized {
  readonly name: string;
  readonly size: number;
  readonly scale: number;
}

function parsed(type: string): Sized | null {
  const [, name, size, scale = '0'] = /^(VARCHAR|NUMBER)\((\d+)(?:,(\d+))?\)$/.exec(type) ?? [];
  return name === undefined ? null : { name, size: Number(size), scale: Number(scale) };
}
