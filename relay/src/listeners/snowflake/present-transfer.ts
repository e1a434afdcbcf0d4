import type { FastifyReply } from 'fastify';
import type { Query, SpooledResult } from '../../queries/index.ts';
import { FILES } from './files.ts';

/**
 * What a driver needs to send or get files itself (driver protocol, section 9): it takes the relay for a store of
 * Google's, whose addresses may be any, one for each file. Nothing in the answer is a credential for anything else.
 */
export function sendTransfer(
  reply: FastifyReply,
  query: Query,
  { transfer, state, statementTypeId }: SpooledResult & Required<Pick<SpooledResult, 'transfer'>>,
  origin: string,
): FastifyReply {
  const { what, local, parallel } = transfer;
  const at = (token: string) => `${origin}${FILES}/${token}`;
  const stageInfo = {
    locationType: 'GCS',
    location: 'sluice/',
    path: '',
    region: '',
    storageAccount: null,
    isClientSideEncrypted: false,
    creds: {},
    presignedUrl: null as string | null,
    // Where a driver that has no address for a file would send it instead: not to Google.
    endPoint: new URL(origin).host,
    useS3RegionalUrl: false,
    useRegionalUrl: false,
    useVirtualUrl: false,
  };
  const common = {
    queryId: query.queryId,
    sqlState: '00000',
    finalDatabaseName: state.database,
    finalSchemaName: state.schema,
    finalWarehouseName: state.warehouse,
    finalRoleName: state.role,
    statementTypeId,
    parallel,
    threshold: 200 * 1024 * 1024,
    operation: 'Node',
    encryptionMaterial: what === 'upload' ? null : [],
    clientShowEncryptionParameter: false,
    kind: null,
  };
  const data =
    what === 'upload'
      ? {
          ...common,
          command: 'UPLOAD',
          src_locations: [local],
          localLocation: null,
          autoCompress: transfer.autoCompress,
          overwrite: transfer.overwrite,
          sourceCompression: transfer.sourceCompression,
          presignedUrls: null,
          stageInfo: {
            ...stageInfo,
            presignedUrl: transfer.token === null ? null : `${at(transfer.token)}?${SIGNED}`,
          },
        }
      : {
          ...common,
          command: 'DOWNLOAD',
          localLocation: local,
          src_locations: transfer.files.map(({ name }) => name),
          presignedUrls: transfer.files.map(({ token }) => at(token)),
          autoCompress: false,
          overwrite: false,
          sourceCompression: null,
          stageInfo,
        };
  return reply
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ data, message: null, code: null, success: true }));
}

/** Which headers may come with a file: one driver sends none of its own otherwise. */
const SIGNED = `X-Goog-SignedHeaders=${encodeURIComponent(
  'host;x-goog-if-generation-match;x-goog-meta-encryptiondata;x-goog-meta-matdesc;x-goog-meta-sfc-digest',
)}`;
