/** One thing that keeps a value from being told, and a text without which it is not there. */
export interface Control {
  /** From the project's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Whether the warehouse blanks what is sensitive while it is taken out: otherwise the analysis stands alone. */
  readonly floor?: true;
  /** Features of statements, or forms of functions, that would show its loss: most of what is sent is about them. */
  readonly about?: readonly string[];
  /** Why its loss is not seen from outside, if it is not. */
  readonly unseen?: string;
}

const flow = (file: string, from: string, to: string): Control => ({
  file: `snowflake-sql/src/flow/${file}.ts`,
  from,
  to,
});
const policy = (file: string, from: string, to: string): Control => ({
  file: `relay/src/policy/${file}.ts`,
  from,
  to,
});
const gate = (file: string, from: string, to: string): Control => ({
  file: `relay/src/gate/${file}.ts`,
  from,
  to,
});

/** What tells how many rows there are, which, and in what order. */
const rows: Readonly<Record<string, Control>> = {
  where: flow(
    'expressions',
    'askedOf(made, condition.at)]);',
    "asking(made.value, 'count', condition.at)]);",
  ),
  group: flow('selects', "groupedTells(flow, made, 'GROUP BY')", 'null'),
  distinct: flow('selects', 'select.distinct ? distinctTells(flow, select, outputs) : null,', 'null,'),
  order: flow('queries', "    'order',\n", "    'count',\n"),
  limit: flow('queries', "[query.limit, query.offset], 'compare'", "[query.limit, query.offset], 'count'"),
  window: flow('windows', "used(flow, value, 'window', at, 'OVER')", 'null'),
  'JOIN ON': flow('from', 'conditionTells(flow, on)', "usedTells(flow, [on], 'count')"),
  'MATCH_CONDITION of ASOF JOIN': flow(
    'from',
    'conditionTells(flow, match)',
    "usedTells(flow, [match], 'count')",
  ),
  using: flow('from', "used(flow, value, as, at, 'JOIN')", "used(flow, value, 'count', at)"),
  'set operations': flow(
    'set-operations',
    "...(compares ? each.map(({ value }) => used(flow, value, 'compare', at, comparing.operator)) : []),",
    '',
  ),
  'PIVOT groups': flow(
    'pivots',
    '    groupedTells(\n      flow,\n      kept.map',
    '    ((..._: unknown[]) => null)(\n      flow,\n      kept.map',
  ),
  'UNPIVOT leaves out NULL': flow(
    'pivots',
    ": values.map((value) => used(flow, value, isColumn(value) ? 'condition' : 'compare', at))",
    ': []',
  ),
  'rows of FLATTEN': flow('table-functions', "    used(flow, shape, 'compare', at, 'FLATTEN'),\n", ''),
  'rows of SPLIT_TO_TABLE': {
    file: 'snowflake-sql/src/functions/table-functions.ts',
    from: '\n  SPLIT_TO_TABLE(text#, text#)',
    to: '\n  SPLIT_TO_TABLE(text, text)',
  },
  'rows of STRTOK_SPLIT_TO_TABLE': {
    file: 'snowflake-sql/src/functions/table-functions.ts',
    from: '\n  STRTOK_SPLIT_TO_TABLE(text#, text#?)',
    to: '\n  STRTOK_SPLIT_TO_TABLE(text, text?)',
  },
};

/** What may fail by a value. */
const failing: Readonly<Record<string, Control>> = {
  casts: flow('casts', "style !== 'TRY_CAST' && castFails(value.kind, type)", 'false'),
  functions: flow('calls', 'role.fails && !isSafelyAdded(known, argument) && !isSafe(argument)', 'false'),
  'keys that are there twice': {
    file: 'snowflake-sql/src/functions/aggregates.ts',
    from: 'OBJECT_AGG, OBJECTAGG(text!, any!)',
    to: 'OBJECT_AGG, OBJECTAGG(text, any)',
  },
  conversions: flow('failing', 'conversionFails(kind, to) ? failing(flow, value, at, by) : null', 'null'),
  'values of one type': flow('failing', 'tells: eachFailing(flow, parts, at, by) }', 'tells: null }'),
  growth: flow('failing', 'flow.growth.isSmall(made) ? null', 'made.at !== null ? null'),
  arithmetic: flow('operators', "eachFailing(flow, operands, at, 'a calculation')", 'null'),
  writing: flow('writes', '? null : failing(flow, value, at);', '? null : null;'),
  'NOT NULL': {
    ...flow('writes', 'if (!required) return isWritten;', 'return isWritten;'),
    unseen: 'what is NULL by a value is made of it, and writing that is asked about in the demo',
  },
  'types of a new table': flow('definitions', ', fitting(flow, made, fits, at)]', ']'),
  'ALTER COLUMN': {
    ...flow('definitions', "failing(flow, directly(flow, column), at, 'ALTER COLUMN')", 'null'),
    unseen: 'the embedded warehouse runs no ALTER that values must fit: flow/uses.test.ts shows it',
  },
  'numbers drawn from a sequence': flow(
    'expressions',
    "{ ...made, tells: failing(flow, GIVEN, at, 'NEXTVAL') }",
    'made',
  ),
  'CASE chooses': flow('cases', 'whens.map((when) => askedOf(when.made, when.at))', '[]'),
};

/** What an output is made of. */
const values: Readonly<Record<string, Control>> = {
  'alias or column': flow(
    'expressions',
    'value: union(\n      flow.budget,\n      readings.map(({ value }) => value),\n    ),',
    'value: { ...readings.at(-1)!.value, references: joined(readings.map(({ value }) => value.references)) },',
  ),
  'COUNT(DISTINCT *)': {
    ...flow(
      'counts',
      "expression.kind === 'columns')) return 'aggregate'",
      "expression.kind === 'columns')) return 'counted'",
    ),
    unseen: 'the embedded warehouse does not run it',
  },
  'COUNT of an expression': flow('counts', "values.every(isColumn) ? 'counted' : 'aggregate'", "'counted'"),
  'IS NULL of an expression': flow('conditions', "whole ? 'condition' : 'compare'", "'condition'"),
  'a part being there': flow('origin', ' && origin.sources.every(({ path }) => path.length === 0)', ''),
  'a text that is cut': flow(
    'casts',
    "family === 'text' && lengthOfText(type.name, type.parameters) === null",
    "family === 'text'",
  ),
  'what a lambda makes': {
    ...flow('arguments', 'return [...values, ...lambdas];', 'return values;'),
    unseen: 'a column that is mentioned and not accounted for makes a statement one that is not understood',
  },
  'a variable': flow(
    'expressions',
    "derived(flow.budget, 'expression', [recordedOrigin(flow.bases, expression.origin.sources)])",
    'NOTHING',
  ),
  'elements of a document': policy('tags', "&& inner[index] !== '*' && outer[index] !== '*'", ''),
  'values of the text beside a column': flow(
    'origin',
    'const given = origins.some((origin) => origin.given);',
    'const given = false;',
  ),
};

/** What a policy makes of it, and what is remembered. */
const decided: Readonly<Record<string, Control>> = {
  'parts that flow': policy('aspects', "flow.from.how === 'direct' && flow.from.path === undefined", 'true'),
  'NULL of an expression': policy('masks', 'floor ? REDACTED.policy : NOTHING', 'REDACTED.policy'),
  'the ends that both masks keep': policy(
    'strength',
    'Math.min(first.keepFirst, second.keepFirst)',
    'Math.max(first.keepFirst, second.keepFirst)',
  ),
  'tokens of own values': {
    ...policy('masks', 'scope.writes(source.column.object) ? chosen.map(withoutTokens) : chosen', 'chosen'),
    floor: true,
  },
  'blanks of expressions': {
    file: 'relay/src/warehouse/embedded/render/source.ts',
    from: "if (guard === null || how === 'raw') return column;",
    to: 'return column;',
    floor: true,
  },
  'blanks of what is unloaded': {
    ...policy('floor', "to.type !== 'location' || outputs.length === 0", 'true'),
    floor: true,
  },
  'where files come from': {
    ...flow('from', 'recordedOrigin(flow.bases, node.files.contents)', 'recordedOrigin(flow.bases, [])'),
    unseen: 'what is in a file was masked before: test/drivers/stages.test.ts shows it',
  },
  'carried tags': gate(
    'execute-statement',
    'await parts.classification.carry(tx, authorization.understanding, policy, authorization.told);',
    '',
  ),
  'no effects of what is only described': gate(
    'execute-statement',
    'if (!describeOnly && isSameSession())',
    'if (isSameSession())',
  ),
};

const about: Readonly<Record<string, readonly string[]>> = {
  window: ['window call', 'PARTITION BY', 'window ORDER BY'],
  'JOIN ON': ['JOIN ON'],
  'MATCH_CONDITION of ASOF JOIN': ['ASOF JOIN'],
  using: ['JOIN USING', 'NATURAL JOIN'],
  limit: ['LIMIT', 'OFFSET'],
  'PIVOT groups': ['PIVOT'],
  'UNPIVOT leaves out NULL': ['UNPIVOT'],
  'rows of FLATTEN': ['FLATTEN'],
  'rows of SPLIT_TO_TABLE': ['SPLIT_TO_TABLE'],
  'rows of STRTOK_SPLIT_TO_TABLE': ['SPLIT_TO_TABLE'],
  casts: ['cast'],
  functions: ['TO_NUMBER(', 'TO_DATE('],
  'keys that are there twice': ['OBJECTAGG(', 'OBJECT_AGG('],
  conversions: ['conversion', 'UNION ALL', 'CASE', 'IN'],
  'values of one type': ['conversion'],
  growth: ['LENGTH({t} ||'],
  arithmetic: ['operator'],
  writing: ['CREATE TABLE', 'INSERT', 'INSERT into the same names', 'UPDATE', 'MERGE'],
  'types of a new table': ['types of a new table'],
  'numbers drawn from a sequence': ['sequence'],
  'CASE chooses': ['CASE', 'simple CASE'],
  'alias or column': ['own name'],
  'COUNT of an expression': ['COUNT('],
  'IS NULL of an expression': ['IS NULL'],
  'a part being there': ['path', 'IS NULL', 'COUNT('],
  'a text that is cut': ['cast'],
  'a variable': ['variables'],
  'elements of a document': ['path', 'FLATTEN', 'GET(', 'GET_PATH('],
  'values of the text beside a column': ['UNION ALL', 'UNION'],
  'parts that flow': ['CREATE TABLE', 'INSERT into the same names'],
  'the ends that both masks keep': ['UNION ALL', 'UNION', 'CASE', 'COALESCE('],
  'tokens of own values': ['CREATE TABLE', 'INSERT into the same names', 'INSERT'],
  'no effects of what is only described': ['variables'],
  'blanks of what is unloaded': ['stages'],
};

export const controls: ReadonlyMap<string, Control> = new Map(
  Object.entries({ ...rows, ...failing, ...values, ...decided }).map(([name, control]) => [
    name,
    { ...control, about: about[name] ?? [] },
  ]),
);
