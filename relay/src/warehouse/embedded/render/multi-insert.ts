import type { AnyBoundNode, Bound, BoundAssignment, BoundMultiInsert } from '@sluice/snowflake-sql/execution';
import { addBoundChildren } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { typeOfName } from '../types/snowflake-type.ts';
import { renderViews, renderWith } from './ctes.ts';
import { storedAs } from './data-types.ts';
import { renderFrom } from './from.ts';
import { checkWritable } from './names.ts';
import { renderCondition } from './predicates.ts';
import { quoteName } from './quote.ts';
import { checkLength, createRendering } from './rendering.ts';
import { isDefault, renderAssigned, type RenderOptions, typesOf } from './render.ts';
import { PLAIN } from './scope.ts';

/** INSERT into several tables: the query's rows are computed once, with all that is made of each, and then spread. */
export interface MultiInsertSql {
  readonly compute: string;
  readonly inserts: readonly string[];
}

/** Where the rows are meanwhile. No statement can name it. */
export const COMPUTED_ROWS = 'temp.main."~MULTI INSERT"';

export function renderMultiInsert(
  bound: Bound,
  { overwrite, source, first, branches }: BoundMultiInsert,
  { floor, answers }: RenderOptions,
): MultiInsertSql {
  if (overwrite) throw unsupported('INSERT OVERWRITE into several tables');
  const rendering = createRendering(bound, floor, answers);
  const computed: string[] = [];
  const compute = (value: string) => {
    const name = `m${computed.length}`;
    computed.push(`${value} AS ${name}`);
    return name;
  };
  const before: string[] = [];
  const inserts = branches.flatMap(({ condition, otherwise, targets }) => {
    const holds =
      condition === null ? null : compute(`coalesce(${renderCondition(rendering, PLAIN, condition)}, FALSE)`);
    const excluded = otherwise || first ? before.map((one) => `NOT ${one}`) : [];
    const taken = [...(holds === null ? [] : [holds]), ...excluded].join(' AND ') || 'TRUE';
    if (holds !== null) before.push(holds);
    return targets.map(({ target, values }) => {
      checkWritable(target.object);
      const typeOf = typesOf(target);
      const given = values.filter(({ value }) => !isDefault(value));
      if (given.length === 0)
        throw unsupported('rows of nothing but DEFAULT in an INSERT into several tables');
      const made = given.map(({ column, value }) => {
        checkDrawn(value);
        const type = typeOf(column);
        const assigned = renderAssigned(rendering, value, type);
        return compute(`CASE WHEN ${taken} THEN CAST(${assigned} AS ${storedAs(typeOfName(type))}) END`);
      });
      const columns = given.map(({ column }) => quoteName(column)).join(', ');
      const into = `INSERT INTO ${rendering.objectName(target.object)} (${columns})`;
      return `${into} SELECT ${made.join(', ')} FROM ${COMPUTED_ROWS} WHERE ${taken}`;
    });
  });
  const from = renderFrom(rendering, source);
  const views = renderWith(renderViews(rendering, bound.views));
  return {
    compute: checkLength(
      `CREATE TEMPORARY TABLE ${COMPUTED_ROWS} AS ${views}SELECT ${computed.join(', ')} FROM ${from}`,
    ),
    inserts,
  };
}

/** All places of a row would have to draw the same. */
function checkDrawn(value: BoundAssignment['value']): void {
  const waiting: AnyBoundNode[] = [value];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'literal' && node.value.kind === 'sequence')
      throw unsupported('NEXTVAL among the values of an INSERT into several tables');
    addBoundChildren(node, waiting);
  }
}
