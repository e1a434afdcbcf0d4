import { SluiceError } from '../../../errors.ts';
import type { ResultColumn, StatementResult } from '../../result.ts';
import type { ExecutableStatement } from '../../warehouse.ts';
import { fileName, isFileOf, pathOf } from '../../files/file-name.ts';
import { noTransfers } from '../../files/no-transfers.ts';
import { unsupported } from '../errors.ts';
import { quoteString } from '../render/quote.ts';
import { METADATA_FIELDS, metadataVariable } from '../render/staged.ts';
import { rowsOf, status } from '../results.ts';
import type { SessionParts } from '../session-parts.ts';
import { statementTypes } from '../statement-types.ts';
import { LONGEST_TEXT } from '../types/snowflake-type.ts';
import { type FilesPlan, type FilesRead, isTrue } from './plan-files.ts';
import { filesMeant, idOfStage, joinPath, transfersOf } from './session-files.ts';
import type { StagedFile } from '../../files/stage-files.ts';

/** Tells DuckDB where the files are that a statement reads. A query of none fails: nobody could say what columns it has. */
export async function loadFiles(parts: SessionParts, reads: readonly FilesRead[]): Promise<void> {
  for (const read of reads) {
    const found = await filesMeant(parts.files, parts.connection, read.files);
    if (found.length === 0)
      throw new SluiceError('statement_failed', 'there are no such files in the stage', {
        advice: 'LIST shows what you have put there; what others have put there is theirs alone',
        warehouse: { code: '100016', sqlState: '22000' },
      });
    await tellFiles(parts, read, found);
  }
}

export async function tellFiles(
  { connection }: SessionParts,
  { variable }: FilesRead,
  files: readonly StagedFile[],
): Promise<void> {
  const paths = files.map(({ path }) => quoteString(path)).join(', ');
  await connection.run(`SET VARIABLE "${variable}" = CAST([${paths}] AS VARCHAR[])`);
  const metadata = files.map(({ path, ...file }) => `${quoteString(path)}: ${metadataOf(file)}`).join(', ');
  await connection.run(`SET VARIABLE "${metadataVariable(variable)}" = MAP {${metadata}}`);
}

function metadataOf({ name, at, md5 }: Omit<StagedFile, 'path'>): string {
  const { name: n, modified, key } = METADATA_FIELDS;
  const time = `TIMESTAMP '${new Date(at).toISOString().slice(0, -1)}'`;
  return `{${n}: ${quoteString(name)}, ${modified}: ${time}, ${key}: ${quoteString(md5)}}`;
}

type PlanOf<Kind extends FilesPlan['kind']> = Extract<FilesPlan, { kind: Kind }>;

/** PUT, GET, LIST and REMOVE. */
export async function runFiles(
  parts: SessionParts,
  { what, files: place, local, options }: PlanOf<'files'>,
  { describeOnly, session, transfers }: ExecutableStatement,
): Promise<StatementResult> {
  const { files, connection } = parts;
  const id = idOfStage(files, place);
  const parallel = Math.min(Math.max(Number(options['PARALLEL'] ?? 4) || 4, 1), 99);
  switch (what) {
    case 'put': {
      if (!transfers) throw noTransfers('PUT');
      const name = fileName(local);
      if (name === '') throw unsupported('this name of a file');
      const inStage = (called: string) => joinPath(place.path.replace(/\/$/, ''), called);
      const target = name === null ? null : inStage(name);
      const autoCompress = options['AUTO_COMPRESS'] === undefined || isTrue(options['AUTO_COMPRESS']);
      const upload = (to: string) => transfersOf(files, session).upload(id, to, autoCompress);
      return {
        columns: texts('target'),
        ...rowsOf([[target ?? joinPath(place.path, '*')]]),
        statementTypeId: statementTypes.put,
        transfer: {
          what: 'upload',
          local: pathOf(local),
          token: target === null || describeOnly ? null : upload(target),
          place: (called) => (isFileOf(local, called, autoCompress) ? upload(inStage(called)) : null),
          overwrite: isTrue(options['OVERWRITE']),
          autoCompress,
          sourceCompression: String(options['SOURCE_COMPRESSION'] ?? 'AUTO_DETECT').toLowerCase(),
          parallel,
        },
      };
    }
    case 'get': {
      if (!transfers) throw noTransfers('GET');
      const found = await filesMeant(files, connection, place);
      const own = describeOnly ? null : transfersOf(files, session);
      return {
        columns: [...texts('file'), SIZE, ...texts('sha256')],
        ...rowsOf(found.map(({ name, size, sha256 }) => [name, String(size), sha256])),
        statementTypeId: statementTypes.get,
        transfer: {
          what: 'download',
          local: pathOf(local),
          parallel,
          files: own === null ? [] : found.map((file) => ({ name: file.name, token: own.download(file) })),
        },
      };
    }
    case 'list': {
      const found = describeOnly ? [] : await filesMeant(files, connection, place);
      const { database, name: stage } = place.stage;
      const prefix = database === '' || stage.startsWith('%') ? '' : `${stage.toLowerCase()}/`;
      return {
        columns: [...texts('name'), SIZE, ...texts('md5', 'last_modified')],
        ...rowsOf(
          found.map(({ name, size, md5, at }) => [
            `${prefix}${name}`,
            String(size),
            md5,
            new Date(at).toUTCString(),
          ]),
        ),
        statementTypeId: statementTypes.list,
      };
    }
    case 'remove': {
      const found = describeOnly ? [] : await filesMeant(files, connection, place);
      await files.kept.remove(
        files.owner,
        id,
        found.map(({ name }) => name),
      );
      return {
        columns: texts('name', 'result'),
        ...rowsOf(found.map(({ name }) => [name, 'removed'])),
        statementTypeId: statementTypes.remove,
      };
    }
    default:
      return what satisfies never;
  }
}

/** CREATE and DROP of stages and file formats. */
export async function runStageDdl(
  { files }: SessionParts,
  plan: PlanOf<'stage_ddl'>,
  { describeOnly }: ExecutableStatement,
): Promise<StatementResult> {
  const { type, name, format, comment, temporary, orReplace, conditional } = plan;
  const called = type === 'stage' ? 'Stage area' : 'File format';
  if (describeOnly) return status('', statementTypes.ddl);
  if (plan.what === 'drop') {
    const done = await files.stages.drop(type, name, conditional);
    const text =
      done === 'dropped'
        ? `${name.name} successfully dropped.`
        : `Drop statement executed successfully (${name.name} already dropped).`;
    return status(text, statementTypes.ddl);
  }
  const how = { temporary, orReplace, ifNotExists: conditional, comment };
  const done = files.stages.make(type, name, format, how);
  const text =
    done === 'made'
      ? `${called} ${name.name} successfully created.`
      : `${name.name} already exists, statement succeeded.`;
  return status(text, statementTypes.ddl);
}

/** ALTER of stages and file formats, and COMMENT ON them. */
export function runStageChange(
  { files }: SessionParts,
  { type, name, change, ifExists }: PlanOf<'stage_change'>,
  { describeOnly }: ExecutableStatement,
): StatementResult {
  if (!describeOnly) files.stages.change(type, name, change, ifExists);
  return status('Statement executed successfully.', statementTypes.ddl);
}

const TEXT = { type: 'text', nullable: true, precision: null, scale: null, length: LONGEST_TEXT } as const;
export const NUMBER = { type: 'fixed', nullable: true, precision: 38, scale: 0, length: null } as const;
const SIZE: ResultColumn = { ...NUMBER, name: 'size' };

export function texts(...names: readonly string[]): readonly ResultColumn[] {
  return names.map((name) => ({ ...TEXT, name }));
}
