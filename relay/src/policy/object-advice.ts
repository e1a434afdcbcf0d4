import type { ObjectUse, StatementKind } from '@sluice/snowflake-sql';
import { joined, shown, type ShownText } from '../text/index.ts';
import type { DecisionContext } from './context.ts';
import { nameShown, objectShown } from './names.ts';
import { ownSchema } from './own-schema.ts';
import type { SchemaPlace } from './patterns.ts';
import type { Policy } from './policy.ts';
import { whoMatches } from './who.ts';

/** What to do in place of what no rule lets these people do with an object, or a rule forbids. */
export function objectAdvice(
  policy: Policy,
  context: DecisionContext,
  kind: StatementKind,
  { access, type, name }: ObjectUse,
): ShownText {
  const leave = shown`leave ${objectShown(name)} out`;
  switch (access) {
    case 'create': {
      const own = ownSchema(policy, context, { kind, access, type });
      return own === null
        ? leave
        : shown`name it in ${schemaShown(own)}: ${objectShown({ ...name, ...own })}`;
    }
    case 'write':
    case 'alter': {
      if (type === 'stage')
        return kind.name === 'copy_into_location'
          ? shown`run what it unloads by itself: a SELECT shows the rows, and makes no file`
          : leave;
      const own = type === 'table' ? ownSchema(policy, context, COPY) : null;
      if (own === null) return shown`${leave}: it may be read`;
      const copy = objectShown({ ...name, ...own });
      return shown`change a copy of it: CREATE TABLE ${copy} AS SELECT ... FROM ${objectShown(name)}`;
    }
    case 'drop': {
      const own = ownSchema(policy, context, { kind, access, type });
      return own === null ? leave : shown`drop only what is in ${schemaShown(own)}`;
    }
    case 'read':
    case 'describe':
      return leave;
    case 'grant':
    case 'use':
    case 'call':
      return kindAdvice(policy, context);
    default:
      return access satisfies never;
  }
}

/** What may be sent at all, for a kind of statement that no rule lets through. */
export function kindAdvice(policy: Policy, context: DecisionContext): ShownText {
  const isLet = (kind: StatementKind) =>
    policy.rules.some(
      ({ effect, who }) =>
        effect !== 'block' && effect !== 'ask' && whoMatches(who, policy, context, { kind }),
    );
  const own = ownSchema(policy, context, COPY);
  const let_ = [
    ...(isLet({ family: 'query', name: 'select' }) ? [shown`queries`] : []),
    ...(isLet({ family: 'admin', name: 'show' }) ? [shown`SHOW`] : []),
    ...(isLet({ family: 'admin', name: 'describe' }) ? [shown`DESCRIBE`] : []),
    ...(own === null ? [] : [shown`tables of your own in ${schemaShown(own)}`]),
  ];
  return let_.length === 0
    ? shown`leave it out: nothing is let through here`
    : shown`leave it out; what is let through: ${joined(let_, ', ')}`;
}

const COPY = { kind: { family: 'ddl', name: 'create_table' }, access: 'create', type: 'table' } as const;

function schemaShown({ database, schema }: SchemaPlace): ShownText {
  return shown`${nameShown(database)}.${nameShown(schema)}`;
}
