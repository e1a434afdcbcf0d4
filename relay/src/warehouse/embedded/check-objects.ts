import {
  type CatalogObject,
  formatObjectName,
  keyOfObject,
  type ObjectName,
  schemaNamed,
} from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import { versionsOf } from './catalog.ts';
import { readSchema, withOwnContents } from './schema-contents.ts';
import type { SessionParts } from './session-parts.ts';

/** Within the statement's transaction: nobody changes afterwards what it sees. */
export async function checkObjects({ objects }: ExecutableStatement, parts: SessionParts): Promise<void> {
  const own = new Map<string, CatalogObject | null | undefined>(
    objects.map(({ name }) => [
      keyOfObject(name),
      parts.temporary.get(formatObjectName(name)) ?? parts.files.stages.find(name),
    ]),
  );
  for (const { name } of objects) {
    const schema = schemaNamed(name);
    if (schema === null) continue;
    const now = await readSchema(parts.connection, schema);
    own.set(keyOfObject(name), now === null ? null : withOwnContents(now, parts));
  }
  const others = objects.filter(({ name }) => own.get(keyOfObject(name)) === undefined);
  const versions =
    others.length === 0
      ? new Map<string, string>()
      : await versionsOf(
          parts.connection,
          others.map(({ name }) => name),
        );
  const versionOf = (name: ObjectName) =>
    own.get(keyOfObject(name))?.version ?? versions.get(keyOfObject(name)) ?? null;
  const changed = objects.find(({ name, version }) => versionOf(name) !== version);
  if (changed === undefined) return;
  throw new SluiceError(
    'session_changed',
    `\`${formatObjectName(changed.name)}\` has changed since the statement was decided on`,
    { advice: 'send it again, to be decided on the objects as they are now' },
  );
}
