import type { Order } from '../order.ts';
import { expression } from './expressions.ts';
import { NOWHERE, type Pen, typeOf } from './scope.ts';
import { type Column, customers, shopTables } from './shop-schema.ts';

/** A statement about session variables, and which there are once it has been done. */
export interface Setting {
  readonly order: Pick<Order, 'sql' | 'describeOnly' | 'approve'>;
  readonly set: readonly Column[];
}

export function setting(pen: Pen): Setting {
  const { chance } = pen;
  const describeOnly = chance.happens(0.25);
  const [first, second] = chance.happens(0.5)
    ? [made(pen), made(pen)]
    : [filled(pen), chance.happens(0.5) ? broken(pen) : made(pen)];
  // What is taken as it is from one column may be agreed to: nothing but the variable differs then.
  const approve = first.plain && second.plain;
  const done = (sql: string, ...set: readonly Value[]) => ({
    order: { sql, describeOnly, approve },
    set: describeOnly ? [] : set,
  });
  if (chance.happens(0.1)) return done(`UNSET ${first.name}`);
  if (first.name === second.name || chance.happens(0.5))
    return done(`SET ${first.name} = ${first.text}`, first);
  return done(`SET (${first.name}, ${second.name}) = (${first.text}, ${second.text})`, first, second);
}

interface Value extends Column {
  readonly text: string;
  /** Whether it is no more than a column's value, or nothing of any column. */
  readonly plain: boolean;
}

/** Two, so that they are set again and again. */
function name({ chance }: Pen): string {
  return chance.pick(['V1', 'V2']);
}

function made(pen: Pen): Value {
  const before = pen.touched;
  const type = typeOf(pen);
  const text = expression(pen, type, { scope: NOWHERE, place: 'output', depth: 2 });
  const hot = pen.touched > before;
  return { name: name(pen), type, hot, text, plain: false };
}

/** One customer's, or somebody's. */
function filled(pen: Pen): Value {
  const { chance } = pen;
  const table = chance.happens(0.6) ? customers : chance.pick(shopTables.slice(0, 6));
  const sensitive = table.columns.filter(({ hot }) => hot);
  const column = chance.pick(sensitive.length > 0 && chance.happens(0.6) ? sensitive : table.columns);
  const text = `(SELECT MAX(${column.name}) FROM SHOP.PUBLIC.${table.name} WHERE ID = ${chance.between(1, 20)})`;
  return { ...column, name: name(pen), text, plain: true };
}

/** What fails for everybody, after what was before it has been done. */
function broken(pen: Pen): Value {
  return { name: name(pen), type: 'number', hot: false, text: "TO_NUMBER('x')", plain: true };
}
