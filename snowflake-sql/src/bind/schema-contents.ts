import { catalogName, formatObjectName, type ObjectName } from '../object-name.ts';
import { Unresolvable } from '../problem.ts';
import type { Drop } from '../tree/admin.ts';
import type { Create } from '../tree/statements.ts';
import { type Binder, noteObject, spend } from './binder.ts';

/**
 * A schema goes with all that is in it, so that it needs what dropping each of that needs. Where the catalog does not keep
 * what is in schemas, the schema stands for it.
 */
export function noteSchemaContents(binder: Binder, schema: ObjectName, at: Create | Drop): void {
  const found = binder.catalog.find(catalogName('schema', schema));
  if (found === undefined)
    throw new Unresolvable('not_loaded', `what is in \`${formatObjectName(schema)}\` was not looked up`, at);
  if (found?.type !== 'schema') return;
  spend(binder, found.contents.length);
  for (const { type, name } of found.contents) {
    if (binder.context.mayName?.(name) === false)
      throw new Unresolvable(
        'unsupported',
        `\`${formatObjectName(schema)}\` holds more than whoever drops it may know of`,
        at,
      );
    noteObject(binder, type, name, 'drop', at);
  }
}
