import type { Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { functionName } from './calls.ts';
import { isTemporary, nameParts, renderTableName, resolveName } from './names.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Render } from './render.ts';
import type { TranslationContext } from './translate.ts';

export function renderTable(node: Tree.TableRelation, render: Render, context: TranslationContext): string {
  if (node.travel !== null || node.changes !== null) throw unsupported('time travel');
  const { name } = node;
  const bare = name.kind === 'qualified_name' && name.parts.length === 1 ? name.parts[0]!.name : null;
  if (bare === null || !context.ctes.has(bare)) return renderChanged(node, render, context);
  if (isTemporary(resolveName(name, context), context)) {
    throw unsupported('a common table expression with the name of a temporary table');
  }
  return `${quoteName(bare)}${suffix(node, render)}`;
}

/** A table by its full name, called by its own when it has no other. */
export function renderChanged(
  { name, alias, ...rest }: { name: Tree.Name; alias: Tree.TableAlias | null; sample?: Tree.Sample | null },
  render: Render,
  context: TranslationContext,
): string {
  const own =
    alias === null && isTemporary(resolveName(name, context), context)
      ? ` AS ${quoteName(nameParts(name).at(-1)!)}`
      : '';
  return `${renderTableName(name, context)}${own}${suffix({ alias, sample: rest.sample ?? null }, render)}`;
}

function suffix({ alias, sample }: Pick<Tree.TableRelation, 'alias' | 'sample'>, render: Render): string {
  return `${alias === null ? '' : ` ${render(alias)}`}${sample === null ? '' : ` ${render(sample)}`}`;
}

export function renderSample({ size, rows, method, seed }: Tree.Sample, render: Render): string {
  const amount = `${render(size)}${rows ? ' ROWS' : '%'}`;
  const how = rows ? 'reservoir' : method === 'BLOCK' ? 'system' : 'bernoulli';
  return `TABLESAMPLE ${how}(${amount})${seed === null ? '' : ` REPEATABLE (${render(seed)})`}`;
}

/** FLATTEN, SPLIT_TO_TABLE and GENERATOR; everything else is refused. */
export function renderTableFunction(node: Tree.TableFunction, render: Render): string {
  const name = functionName(node.call);
  const make = tableFunctions[name];
  if (make === undefined) throw unsupported(`the table function ${name}`);
  const args = namedArguments(node.call);
  return `LATERAL ${make(args, render)}${node.alias === null ? ' AS "_"' : suffix(node, render)}`;
}

type Arguments = ReadonlyMap<string, Tree.Expression>;

const tableFunctions: Readonly<Record<string, (args: Arguments, render: Render) => string>> = {
  FLATTEN: flatten,
  SPLIT_TO_TABLE: (args, render) => {
    const [text, separator] = [required(args, '1', render), required(args, '2', render)];
    return `(SELECT 1 AS "SEQ", i AS "INDEX", string_split(${text}, ${separator})[i] AS "VALUE"
      FROM range(1, len(string_split(${text}, ${separator})) + 1) AS r(i))`;
  },
  GENERATOR: (args, render) => `(SELECT 1 AS "_" FROM range(${required(args, 'ROWCOUNT', render)}))`,
};

/** Snowflake's six columns, in its order. */
function flatten(args: Arguments, render: Render): string {
  const input = args.has('INPUT') ? required(args, 'INPUT', render) : required(args, '1', render);
  const path = args.get('PATH');
  const start =
    path === undefined ? "'$'" : path.kind === 'string' ? quoteString(`$.${path.value}`) : undefined;
  if (start === undefined) throw unsupported('a computed PATH of FLATTEN');
  const each = isTrue(args.get('RECURSIVE')) ? 'json_tree' : 'json_each';
  const item = "regexp_matches(fullkey, '\\]$')";
  const rows = `SELECT 1 AS "SEQ", CASE WHEN ${item} THEN NULL ELSE key END AS "KEY",
    CASE WHEN starts_with(fullkey, '$[') THEN substr(fullkey, 2) ELSE substr(fullkey, 3) END AS "PATH", CASE WHEN ${item} THEN CAST(key AS BIGINT) END AS "INDEX",
    CAST(value AS JSON) AS "VALUE", to_json(${input}) AS "THIS"
    FROM ${each}(to_json(${input}), ${start}) WHERE fullkey <> ${start}`;
  if (!isTrue(args.get('OUTER'))) return `(${rows})`;
  return `(${rows} UNION ALL SELECT 1, NULL, NULL, NULL, NULL, to_json(${input})
    WHERE coalesce(json_array_length(json_extract(to_json(${input}), ${start})), len(json_keys(to_json(${input}), ${start})), 0) = 0)`;
}

function isTrue(argument: Tree.Expression | undefined): boolean {
  return argument?.kind === 'boolean' && argument.value;
}

/** By name in upper case, or by place from `1`. */
function namedArguments(call: Tree.Call): Arguments {
  return new Map(
    call.arguments.map((argument, index) =>
      argument.kind === 'named_argument'
        ? [argument.name.name, argument.value]
        : [String(index + 1), argument],
    ),
  );
}

function required(args: Arguments, name: string, render: Render): string {
  const argument = args.get(name);
  if (argument === undefined) throw unsupported('this form of a table function');
  return render(argument);
}
