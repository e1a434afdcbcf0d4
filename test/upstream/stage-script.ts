import { randomBytes } from 'node:crypto';
import { rawJSON } from '../../relay/src/warehouse/snowflake/client/answers/raw-json.ts';
import type { Answer, Script } from './answers.ts';
import type { S3, S3Credentials } from './s3.ts';

/** The account's own: what only the relay may come to know. */
export const STORAGE: S3Credentials = {
  id: 'ASIASTORAGEKEY',
  secret: 'storage-secret-of-the-account',
  token: 'storage-token-of-the-account',
};

export const STAGE_KEY = randomBytes(16).toString('base64');

/** Longer than a JavaScript number. */
const SMK_ID = '92019676305867781';

const PUT = /^put\s+'?file:\/\/(\S+?)'?\s+@~\/?(\S*)(.*)$/is;
const GET = /^get\s+@~\/?(\S*)\s+'?file:\/\/(\S+?)'?\s*$/is;

/** PUT to and GET from the user's own stage, whose files S3 keeps (driver protocol, section 9). */
export function stageScript(s3: S3, more: Readonly<Record<string, unknown>> = {}): Script {
  const material = (queryId: string) => ({ queryStageMasterKey: STAGE_KEY, queryId, smkId: rawJSON(SMK_ID) });
  return ({ sql, queryId }): Answer | undefined => {
    const put = PUT.exec(sql);
    if (put !== null) {
      const [, local = '', path = '', options = ''] = put;
      return {
        statementTypeId: 28_930,
        transfer: {
          command: 'UPLOAD',
          src_locations: [local],
          autoCompress: !/auto_compress\s*=\s*false/i.test(options),
          overwrite: /overwrite\s*=\s*true/i.test(options),
          parallel: 4,
          sourceCompression: 'auto_detect',
          encryptionMaterial: material(queryId),
          stageInfo: { ...placeOf(s3, path), ...more },
        },
      };
    }
    const get = GET.exec(sql);
    if (get === null) return undefined;
    const [, path = '', local = ''] = get;
    const below = `bucket/stages/user/${path}`;
    const found = [...s3.objects.keys()].filter((key) => key.startsWith(below));
    return {
      statementTypeId: 28_929,
      transfer: {
        command: 'DOWNLOAD',
        src_locations: found.map((key) => key.slice('bucket/stages/user/'.length)),
        localLocation: local,
        parallel: 4,
        encryptionMaterial: found.map(() => material(queryId)),
        stageInfo: { ...placeOf(s3, ''), ...more },
      },
    };
  };
}

function placeOf({ host }: S3, path: string) {
  return {
    locationType: 'S3',
    location: `bucket/stages/user/${path}`,
    path: `stages/user/${path}`,
    region: 'eu-west-1',
    storageAccount: null,
    isClientSideEncrypted: true,
    endPoint: host,
    presignedUrl: null,
    creds: { AWS_KEY_ID: STORAGE.id, AWS_SECRET_KEY: STORAGE.secret, AWS_TOKEN: STORAGE.token },
  };
}
