import { randomUUID } from 'node:crypto';
import {
  catalogName,
  type CatalogFileFormat,
  type CatalogObject,
  type CatalogStage,
  type ColumnSource,
  type FormatOptions,
  isInSchema,
  isOfOwnNames,
  schemaNamed,
  keyOfObject,
  type ObjectName,
} from '@sluice/snowflake-sql';
import { SluiceError } from '../../../errors.ts';
import type { StageFiles } from '../../files/stage-files.ts';
import { unsupported } from '../errors.ts';
import { readFormat } from './format.ts';

export type StageObjectType = 'stage' | 'file_format';

/** A stage or file format that somebody has made. */
interface Made {
  readonly type: StageObjectType;
  readonly name: ObjectName;
  readonly id: string;
  readonly format: FormatOptions;
  /** What is said of it; null for nothing. */
  readonly comment: string | null;
}

export type ListedStage = Omit<Made, 'id'> & { readonly temporary: boolean };

/** What a session sees of stages and file formats: everybody's, and its own temporary ones, which hide those. */
export interface SessionStages {
  /** By its name in a catalog (`catalogName`); undefined for a name that is none of a stage or format. */
  find(name: ObjectName): CatalogObject | null | undefined;
  make(type: StageObjectType, name: ObjectName, format: FormatOptions, how: Making): 'made' | 'kept';
  change(type: StageObjectType, name: ObjectName, change: StageChange, ifExists: boolean): void;
  drop(type: StageObjectType, name: ObjectName, ifExists: boolean): Promise<'dropped' | 'none'>;
  /** All that have been made. */
  all(): readonly ListedStage[];
  /** Those that lie in a schema, and have been made. */
  inSchema(schema: ObjectName): readonly { readonly type: StageObjectType; readonly name: ObjectName }[];
  /** What its files are kept under; null if there is no such stage. */
  idOf(stage: ObjectName): string | null;
  close(): Promise<void>;
}

/** What ALTER says: what is not said stays as it is. */
export interface StageChange {
  /** Options of a file format beside those that it has; of a stage, instead of them. */
  readonly format?: FormatOptions;
  /** Empty for none. */
  readonly comment?: string;
  readonly to?: ObjectName;
}

export interface Making {
  readonly comment?: string | null;
  readonly temporary: boolean;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
}

export interface Stages {
  session(owner: string): SessionStages;
}

export function createStages(files: StageFiles): Stages {
  const shared = new Map<string, Made>();
  return { session: (owner) => sessionStages(files, shared, owner) };
}

function sessionStages(files: StageFiles, shared: Map<string, Made>, owner: string): SessionStages {
  const own = new Map<string, Made>();
  const keyOf = (type: StageObjectType, name: ObjectName) => keyOfObject(catalogName(type, name));
  const made = (key: string) => own.get(key) ?? shared.get(key);

  /** A person's own stage, and a table's, are there without having been made. */
  const idOf = (stage: ObjectName): string | null => {
    if (isImplied(stage)) return `implied ${keyOfObject(stage)}`;
    return made(keyOf('stage', stage))?.id ?? null;
  };
  const stageOf = (name: ObjectName, id: string, format: FormatOptions): CatalogStage => {
    const contents = files.of(owner, id).flatMap((file) => {
      const sources = distinct(file.sources);
      return sources.length === 0 ? [] : [{ name: file.name, sources }];
    });
    const version = JSON.stringify([id, format, contents]);
    return { type: 'stage', name, version, format, contents };
  };

  const all = () =>
    [...new Map([...shared, ...own])].map(([key, { type, name, format, comment }]) => ({
      type,
      name,
      format,
      comment,
      temporary: own.has(key),
    }));

  return {
    all,
    find(name) {
      if (!isOfOwnNames(name) || schemaNamed(name) !== null) return undefined;
      const [type, plain] = name.name.split('\u0000') as [StageObjectType, string];
      const object = { ...name, name: plain };
      const found = made(keyOfObject(name));
      if (type === 'stage') {
        const id = idOf(object);
        return id === null ? null : stageOf(object, id, found?.format ?? {});
      }
      if (found === undefined) return null;
      const format: CatalogFileFormat = { type, name: object, version: found.id, format: found.format };
      return format;
    },
    make(type, name, format, { temporary, orReplace, ifNotExists, comment = null }) {
      const key = keyOf(type, name);
      const place = temporary ? own : shared;
      const before = place.get(key);
      if (before !== undefined && !orReplace) {
        if (ifNotExists) return 'kept';
        throw exists(type, name);
      }
      if (before !== undefined) void files.removeStage(before.id);
      place.set(key, { type, name, id: randomUUID(), format, comment });
      return 'made';
    },
    change(type, name, { format = {}, comment, to = name }, ifExists) {
      const key = keyOf(type, name);
      const before = made(key);
      if (before === undefined) {
        if (ifExists) return;
        throw notThere(type, name);
      }
      const place = own.has(key) ? own : shared;
      const after = keyOf(type, to);
      if (after !== key && place.has(after)) throw exists(type, to);
      const isSaid = Object.keys(format).length > 0;
      const changed = {
        ...before,
        name: to,
        format: isSaid ? formatAfter(before, format) : before.format,
        ...(comment === undefined ? {} : { comment: comment === '' ? null : comment }),
        // Of a format it is the version, under which it was decided on; of a stage, where its files are.
        ...(type === 'file_format' ? { id: randomUUID() } : {}),
      };
      place.delete(key);
      place.set(after, changed);
    },
    async drop(type, name, ifExists) {
      const key = keyOf(type, name);
      const before = made(key);
      if (before === undefined) {
        if (ifExists) return 'none';
        throw notThere(type, name);
      }
      (own.has(key) ? own : shared).delete(key);
      if (type === 'stage') await files.removeStage(before.id);
      return 'dropped';
    },
    inSchema(schema) {
      return all()
        .filter(({ name }) => isInSchema(name, schema))
        .map(({ type, name }) => ({ type, name }));
    },
    idOf,
    async close() {
      for (const { type, id } of own.values()) if (type === 'stage') await files.removeStage(id);
      own.clear();
    },
  };
}

function formatAfter({ type, format }: Made, said: FormatOptions): FormatOptions {
  const after = type === 'stage' ? said : { ...format, ...said };
  if (type === 'file_format' && typeOfFormat(after) !== typeOfFormat(format))
    throw unsupported('another TYPE of a file format that is there');
  readFormat(after);
  return after;
}

function typeOfFormat({ TYPE: type = 'CSV' }: FormatOptions): string {
  return String(type).toUpperCase();
}

/** `@~` and `@%table`. */
function isImplied({ database, name }: ObjectName): boolean {
  return database === '' ? name === '~' : name.startsWith('%');
}

function distinct(all: readonly ColumnSource[]): readonly ColumnSource[] {
  return [...new Map(all.map((source) => [JSON.stringify(source), source])).values()];
}

const CALLED = { stage: 'Stage', file_format: 'File format' } as const;

function exists(type: StageObjectType, { name }: ObjectName): SluiceError {
  return new SluiceError('statement_failed', `SQL compilation error:\nObject '${name}' already exists.`, {
    advice: `CREATE OR REPLACE ${CALLED[type].toUpperCase()} makes it anew`,
    warehouse: { code: '002002', sqlState: '42710' },
  });
}

export function notThere(type: StageObjectType, { name }: ObjectName): SluiceError {
  return new SluiceError('object_unknown', `${CALLED[type]} '${name}' does not exist or not authorized.`, {
    advice: '',
  });
}
