import type { Pen } from './scope.ts';
import type { Type } from './shop-schema.ts';

/** A value of the type: often one that what it stands beside has in one world and not in the other. */
export function literal(pen: Pen, type: Type): string {
  const { chance } = pen;
  const near = pen.near === null || chance.happens(0.3) ? null : nearby(pen, pen.near, type);
  if (near !== null) return near;
  switch (type) {
    case 'text':
      return quoted(
        chance.happens(0.2)
          ? anySample(pen)
          : chance.pick(['Berlin', 'paid', 'x', 'DE', '', 'a@b.example', '12', 'garden,home']),
      );
    case 'number':
      return String(chance.pick([0, 1, 1, 2, 2, 3, 5, 10, 12, 20, 100, 2.5, -1]));
    case 'date':
      return `DATE '${chance.pick(['2024-03-01', '2025-01-31', '1970-01-01'])}'`;
    case 'timestamp':
      return `TIMESTAMP '2024-0${chance.between(1, 9)}-01 12:00:00'`;
    case 'truth':
      return chance.pick(['TRUE', 'FALSE']);
    case 'json':
      return chance.pick([
        "PARSE_JSON('[1, 2, 3]')",
        `PARSE_JSON('{"contact": 1, "k": [1]}')`,
        "{'k': 1}",
        '[1, 2]',
      ]);
    default:
      return type satisfies never;
  }
}

/** A value of the column's, a part of one, or how long it is. */
function nearby({ chance, samples }: Pen, column: string, type: Type): string | null {
  const known = samples.get(column) ?? [];
  if (known.length === 0) return null;
  const sample = chance.pick(known);
  switch (type) {
    case 'text':
      return quoted(chance.happens(0.5) ? sample : sample.slice(0, chance.between(1, 6)));
    case 'number':
      return /^-?\d{1,9}(\.\d+)?$/.test(sample) ? sample : String(sample.length);
    case 'date':
    case 'timestamp':
      return /^\d{4}-\d\d-\d\d/.test(sample) ? `${type.toUpperCase()} '${sample}'` : null;
    case 'truth':
    case 'json':
      return null;
    default:
      return type satisfies never;
  }
}

/** Whoever knows a value already must not be told that it is there. */
function anySample({ chance, samples }: Pen): string {
  const columns = [...samples.values()];
  return columns.length === 0 ? 'x' : chance.pick(chance.pick(columns));
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
