import { z } from 'zod';
import { SluiceError } from '../../../../errors.ts';
import { readAs } from './envelope.ts';
import { isRawJSON } from './raw-json.ts';
import { queryIdText } from './result-data.ts';

/** What PUT or GET was answered with (driver protocol, section 9), checked. Its credentials and keys are secret. */
export interface StageAnswer {
  readonly queryId: string;
  readonly what: 'upload' | 'download';
  /** Of an upload, what is to be sent: a path at the client. Of a download, names below the place. */
  readonly sources: readonly string[];
  /** Where files are to go at the client. */
  readonly local: string;
  /** One for each of a download's sources, and one for all that an upload sends; null where files are not encrypted. */
  readonly materials: readonly (Material | null)[];
  readonly place: StagePlace;
  readonly overwrite: boolean;
  readonly autoCompress: boolean;
  readonly sourceCompression: string;
  readonly parallel: number;
}

/** With which the key of each file is encrypted. */
export interface Material {
  readonly key: Buffer;
  readonly queryId: string;
  /** As written: longer than a JavaScript number, perhaps. */
  readonly smkId: string;
}

/** Where a stage's files are: a bucket of S3. */
export interface StagePlace {
  readonly bucket: string;
  /** What names of files begin with. */
  readonly prefix: string;
  readonly region: string;
  /** Of another host than S3's own; null for that. */
  readonly host: string | null;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly isEncrypted: boolean;
}

const secret = z.string().regex(/^[\x21-\x7e]{1,16384}$/);

const material = z
  .object({
    queryStageMasterKey: z.base64().nullish(),
    queryId: queryIdText.nullish(),
    smkId: z.unknown(),
  })
  .nullish()
  .transform((given, context): Material | null => {
    if (given?.queryStageMasterKey == null || given.queryStageMasterKey === '') return null;
    const key = Buffer.from(given.queryStageMasterKey, 'base64');
    const smkId = isRawJSON(given.smkId) ? JSON.stringify(given.smkId) : String(given.smkId);
    if ((key.length === 16 || key.length === 32) && /^-?\d{1,40}$/.test(smkId))
      return { key, queryId: given.queryId ?? '', smkId };
    context.addIssue('no key');
    return z.NEVER;
  });

/** More files than one GET is told of at once. */
const MOST_FILES = 10_000;
const name = z.string().min(1).max(1_024);

const stageAnswer = z.object({
  queryId: queryIdText,
  command: z.enum(['UPLOAD', 'DOWNLOAD']),
  src_locations: z.array(name).max(MOST_FILES).nullish(),
  localLocation: z.string().max(4_096).nullish(),
  encryptionMaterial: z.union([z.array(material).max(MOST_FILES), material.transform((one) => [one])]),
  overwrite: z.boolean().nullish(),
  autoCompress: z.boolean().nullish(),
  sourceCompression: z.string().max(40).nullish(),
  parallel: z.int().min(1).max(99).nullish(),
  stageInfo: z.object({
    locationType: z.string(),
    location: z.string().max(2_048),
    region: z.string().nullish(),
    endPoint: z.string().nullish(),
    isClientSideEncrypted: z.boolean().nullish(),
    creds: z.object({ AWS_KEY_ID: secret, AWS_SECRET_KEY: secret, AWS_TOKEN: secret }).partial().nullish(),
  }),
});

/** @throws SluiceError `warehouse_unavailable` when it is not what the protocol says; `unsupported_by_warehouse` for another cloud. */
export function readStageAnswer(data: unknown): StageAnswer {
  const read = readAs(stageAnswer, data);
  const { command, stageInfo, encryptionMaterial: materials } = read;
  if (stageInfo.locationType.toUpperCase() !== 'S3') throw otherStorage(stageInfo.locationType);
  const sources = read.src_locations ?? [];
  const isEncrypted = stageInfo.isClientSideEncrypted ?? true;
  const what = command === 'UPLOAD' ? 'upload' : 'download';
  return {
    queryId: read.queryId,
    what,
    sources,
    local: read.localLocation ?? '',
    materials:
      what === 'upload' ? [materials[0] ?? null] : sources.map((_, index) => materials[index] ?? null),
    place: { ...readAs(s3Place, stageInfo), isEncrypted },
    overwrite: read.overwrite ?? false,
    autoCompress: read.autoCompress ?? false,
    sourceCompression: read.sourceCompression ?? 'auto_detect',
    parallel: read.parallel ?? 1,
  };
}

const s3Place = z
  .object({
    location: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,62}(?:\/|$)/),
    region: z.string().regex(/^[a-z0-9-]{1,40}$/),
    // A host, and nothing that would make it a part of something else.
    endPoint: z
      .string()
      .regex(/^(?:[a-zA-Z0-9.-]{1,253}(?::\d{1,5})?)?$/)
      .nullish(),
    creds: z.object({ AWS_KEY_ID: secret, AWS_SECRET_KEY: secret, AWS_TOKEN: secret.optional() }),
  })
  .transform(({ location, region, endPoint, creds }) => {
    const [bucket = '', ...path] = location.split('/');
    const prefix = path.join('/');
    return {
      bucket,
      prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
      region,
      host: endPoint || null,
      credentials: {
        accessKeyId: creds.AWS_KEY_ID,
        secretAccessKey: creds.AWS_SECRET_KEY,
        ...(creds.AWS_TOKEN === undefined ? {} : { sessionToken: creds.AWS_TOKEN }),
      },
    };
  });

function otherStorage(type: string): SluiceError {
  const named = { AZURE: 'Azure', GCS: 'Google Cloud', LOCAL_FS: 'a file system' }[type.toUpperCase()];
  return new SluiceError(
    'unsupported_by_warehouse',
    `the stage keeps its files in ${named ?? 'a storage'} that the relay does not send files to: only S3’s`,
    {
      advice: 'load and unload its files beside the relay',
      warehouse: { code: '000002', sqlState: '0A000' },
    },
  );
}
