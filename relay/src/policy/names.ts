import type { ColumnRef, FunctionUse, ObjectName } from '@sluice/snowflake-sql';
import { quoted, shown, type ShownText } from '../text/index.ts';

/** `ORDERS`, or `"Decide here: ..."`: names are chosen by whoever may create something, or alias it. */
export function nameShown(name: string): ShownText {
  return /^[A-Z_][A-Z0-9_$]{0,127}$/.test(name) ? (name as ShownText) : quoted(name, { most: 80 });
}

/** `SHOP.PUBLIC.ORDERS` */
export function objectShown({ database, schema, name }: ObjectName): ShownText {
  return dotted([database, schema, name].filter((part) => part !== ''));
}

/** `SHOP.PUBLIC.ORDERS.ID` */
export function columnShown({ object, column }: ColumnRef): ShownText {
  return shown`${objectShown(object)}.${nameShown(column)}`;
}

/** `ORDERS.ID` */
export function shortColumnShown({ object, column }: ColumnRef): ShownText {
  return dotted([object.name, column]);
}

/** `SHOP.PUBLIC.F`, or a built-in function's name alone. */
export function functionShown({ name }: Pick<FunctionUse, 'name'>): ShownText {
  return objectShown(name);
}

function dotted(parts: readonly string[]): ShownText {
  const [first = '', ...rest] = parts;
  return rest.reduce<ShownText>((all, part) => shown`${all}.${nameShown(part)}`, nameShown(first));
}
