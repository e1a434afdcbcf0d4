import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import type { Query, SpooledResult } from '../../queries/index.ts';
import type { FileTransfer } from '../../warehouse/result.ts';
import { sendTransfer } from './present-transfer.ts';

/** As it is sent to a driver. */
async function sent(transfer: FileTransfer) {
  const app = fastify();
  onTestFinished(() => app.close());
  app.get('/', (_, reply) =>
    sendTransfer(
      reply,
      { queryId: 'q1' } as Query,
      {
        transfer,
        statementTypeId: 0x3000,
        state: { database: 'SHOP', schema: 'SCRATCH', warehouse: 'WH', role: 'ANALYST' },
      } as SpooledResult & { transfer: FileTransfer },
      'https://relay.example:8443',
    ),
  );
  const { headers, body } = await app.inject({ url: '/' });
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  const { data, ...envelope } = JSON.parse(body) as { readonly data: Record<string, unknown> };
  expect(envelope).toEqual({ message: null, code: null, success: true });
  return data;
}

const COMMON = {
  queryId: 'q1',
  sqlState: '00000',
  finalDatabaseName: 'SHOP',
  finalSchemaName: 'SCRATCH',
  finalWarehouseName: 'WH',
  finalRoleName: 'ANALYST',
  statementTypeId: 0x3000,
  parallel: 4,
  threshold: 209_715_200,
  operation: 'Node',
  clientShowEncryptionParameter: false,
  kind: null,
};

/** No credentials, and no other host than the relay: a driver that goes by these sends nothing elsewhere. */
const PLACE = {
  locationType: 'GCS',
  location: 'sluice/',
  path: '',
  region: '',
  storageAccount: null,
  isClientSideEncrypted: false,
  creds: {},
  endPoint: 'relay.example:8443',
  useS3RegionalUrl: false,
  useRegionalUrl: false,
  useVirtualUrl: false,
};

const upload = {
  what: 'upload' as const,
  local: '/home/ada/*.csv',
  token: 'secret-1',
  place: () => null,
  overwrite: true,
  autoCompress: false,
  sourceCompression: 'gzip',
  parallel: 4,
};

it('tells a driver which file to send, and to which address of the relay', async () => {
  expect(await sent(upload)).toEqual({
    ...COMMON,
    command: 'UPLOAD',
    encryptionMaterial: null,
    src_locations: ['/home/ada/*.csv'],
    localLocation: null,
    autoCompress: false,
    overwrite: true,
    sourceCompression: 'gzip',
    presignedUrls: null,
    stageInfo: {
      ...PLACE,
      presignedUrl:
        'https://relay.example:8443/stages/files/secret-1?X-Goog-SignedHeaders=host%3Bx-goog-if-generation-match%3Bx-goog-meta-encryptiondata%3Bx-goog-meta-matdesc%3Bx-goog-meta-sfc-digest',
    },
  });
});

it('gives no address for what may be several files: the driver asks for each', async () => {
  const { stageInfo } = await sent({ ...upload, token: null });
  expect(stageInfo).toEqual({ ...PLACE, presignedUrl: null });
});

it('tells a driver which files it gets, each from an address of its own', async () => {
  const files = [
    { name: 'a.csv', token: 'secret-1' },
    { name: 'b.csv', token: 'secret-2' },
  ];
  expect(await sent({ what: 'download', local: '/tmp/', parallel: 4, files })).toEqual({
    ...COMMON,
    command: 'DOWNLOAD',
    encryptionMaterial: [],
    localLocation: '/tmp/',
    src_locations: ['a.csv', 'b.csv'],
    presignedUrls: [
      'https://relay.example:8443/stages/files/secret-1',
      'https://relay.example:8443/stages/files/secret-2',
    ],
    autoCompress: false,
    overwrite: false,
    sourceCompression: null,
    stageInfo: { ...PLACE, presignedUrl: null },
  });
});
