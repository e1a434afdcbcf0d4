import { formatObjectName, type Tree } from '@sluice/snowflake-sql';
import type { Bound } from '@sluice/snowflake-sql/execution';
import { commentIn, isComment } from './declared.ts';
import { unsupported } from './errors.ts';
import type { DdlPlan } from './plan.ts';
import type { CommentOn } from './registry-change.ts';
import { objectOf } from './render/ddl.ts';
import { checkWritable, isHiddenSchema } from './render/names.ts';
import type { RenderOptions } from './render/render.ts';
import { commentOnSchema } from './schema-comments.ts';

/** COMMENT ON, and ALTER that says something of an object and does nothing else; null for any other statement. */
export function planComment(bound: Bound, tree: Tree.Statement, { answers }: RenderOptions): DdlPlan | null {
  const comments = commentsOf(tree);
  if (comments === null || (tree.kind !== 'comment' && tree.kind !== 'alter')) return null;
  const { objectType, ifExists } = tree;
  const object = objectOf(bound, tree.name);
  const base = {
    kind: 'ddl',
    needs: null,
    sql: '',
    madeOfRows: null,
    idle: null,
    registry: null,
    temporary: null,
    status: 'Statement executed successfully.',
    ofQuery: null,
    drawnBy: null,
    schemaGone: null,
    schemaMade: null,
  } as const;
  if (objectType === 'schema') {
    if (object.name === 'INFORMATION_SCHEMA' || isHiddenSchema(object.name) || object.database === '')
      throw unsupported('changes of this schema');
    const [{ text } = { text: null }] = comments;
    return {
      ...base,
      sql: commentOnSchema(object, text),
      needs: ifExists ? null : { what: 'schema', database: object.database, schema: object.name },
    };
  }
  if (objectType !== 'table' && objectType !== 'view' && objectType !== 'column') return null;
  checkWritable(object);
  const own = answers.temporary.has(formatObjectName(object));
  return { ...base, registry: { change: 'commented', object, comments, own, ifThere: ifExists } };
}

function commentsOf(tree: Tree.Statement): readonly CommentOn[] | null {
  if (tree.kind === 'comment') {
    const text = tree.text.value === '' ? null : tree.text.value;
    if (tree.objectType !== 'column') return [{ column: null, text }];
    if (tree.name.kind !== 'qualified_name') throw unsupported('the name of a column that a value gives');
    return [{ column: tree.name.parts.at(-1)!.name, text }];
  }
  if (tree.kind !== 'alter' || tree.others.length > 0) return null;
  const said = tree.actions.map(saidBy);
  return said.length === 0 || said.includes(null) ? null : said.filter((one) => one !== null);
}

function saidBy(action: Tree.Alter['actions'][number]): CommentOn | null {
  switch (action.kind) {
    case 'set_options':
      return action.options.every(isComment) ? { column: null, text: commentIn(action.options) } : null;
    case 'unset_options':
      return action.names.every(({ text }) => text === 'COMMENT') ? { column: null, text: null } : null;
    case 'alter_column': {
      const { change } = action;
      const column = action.column.name;
      if (change.kind === 'option' && isComment(change)) return { column, text: commentIn([change]) };
      return change.kind === 'words' && change.text === 'UNSET COMMENT' ? { column, text: null } : null;
    }
    default:
      return null;
  }
}
