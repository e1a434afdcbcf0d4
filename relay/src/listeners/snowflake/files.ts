import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { isSluiceError, SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import type { ByteRange, SentFile, Transfer } from '../../warehouse/index.ts';
import { isKnown } from '../door/index.ts';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { fail } from './envelope.ts';

/** Where files go to and come from: `FILES/{token}`. */
export const FILES = '/stages/files';

/**
 * The store that drivers take for a cloud's (driver protocol, section 9): PUT /stages/files/{token} sends a file, GET gets
 * one or a range of it, HEAD asks how large it is. The token is all that they show; it was given to one session, for one
 * file.
 */
export function registerFiles(app: FastifyInstance, listening: Listening): void {
  app.put(`${FILES}/:token`, { preParsing: leaveBody, bodyLimit: MOST_BYTES }, receive(listening));
  app.get(`${FILES}/:token`, send(listening));
  app.head(`${FILES}/:token`, describe(listening));
}

/** How large a file may be is for the stage to say, as it comes. */
const MOST_BYTES = Number.MAX_SAFE_INTEGER;

/** A file is no JSON, whatever its client calls it: it is left where it comes from, and goes to disk from there. */
async function leaveBody(request: FastifyRequest): Promise<Readable & { receivedEncodedLength?: number }> {
  delete request.headers['content-encoding'];
  const nothing: Readable & { receivedEncodedLength?: number } = Readable.from([]);
  nothing.receivedEncodedLength = Number(request.headers['content-length'] ?? 0);
  return nothing;
}

function receive({ files }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const transfer = find(request, files, 'upload');
    if (transfer === null) return refuse(reply, noLongerGood());
    const { session, receive: take } = transfer;
    try {
      // Only where there is none yet: what a driver asks for that does not overwrite.
      const keepsOld = transfer.keepsOld || request.headers['x-goog-if-generation-match'] === '0';
      if (keepsOld && (await transfer.isThere())) return await reply.status(412).send();
      await take(request.raw, ({ name, size, sha256 }) =>
        files!.note(session as SessionId, 'file_received', { name, size, sha256 }),
      );
      return reply.status(200).send();
    } catch (error) {
      return refuse(reply, asRefusal(error));
    }
  };
}

function send({ files }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const transfer = find(request, files, 'download');
    // One driver asks whether there is a file where it is going to put one.
    if (transfer === null) return refuse(reply, noLongerGood(), 404);
    const { session, name } = transfer;
    let file: SentFile;
    try {
      file = await transfer.ready();
      const { size, sha256 } = file;
      await files!.note(session as SessionId, 'file_sent', { name, size, sha256 });
    } catch (error) {
      return refuse(reply, asRefusal(error));
    }
    const { size, open } = file;
    const part = rangeOf(request.headers.range, size);
    if (part === null) return whole(reply, size).send(open());
    const { start, end } = part;
    return reply
      .status(206)
      .type('application/octet-stream')
      .header('content-range', `bytes ${start}-${end}/${size}`)
      .header('content-length', end - start + 1)
      .send(open(part));
  };
}

/** The Go driver asks first, and gets what is large in parts. */
function describe({ files }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const transfer = find(request, files, 'download');
    if (transfer === null) return refuse(reply, noLongerGood(), 404);
    try {
      return whole(reply, (await transfer.ready()).size).send();
    } catch (error) {
      return refuse(reply, asRefusal(error));
    }
  };
}

function whole(reply: FastifyReply, size: number): FastifyReply {
  return reply
    .type('application/octet-stream')
    .header('accept-ranges', 'bytes')
    .header('content-length', size);
}

/** Null for all of it: for no range, for several, and for one that is not in it (RFC 9110, section 14.2). */
function rangeOf(header: string | undefined, size: number): ByteRange | null {
  const [, from = '', to = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '') return null;
  const start = Number(from);
  const end = Math.min(to === '' ? size : Number(to), size - 1);
  return start > end ? null : { start, end };
}

function find<What extends Transfer['what']>(
  request: FastifyRequest,
  files: Listening['files'],
  what: What,
): Extract<Transfer, { what: What }> | null {
  const { token } = readBody(path, request.params);
  const transfer = files?.find(token) ?? null;
  if (transfer === null) return null;
  isKnown(request);
  return transfer.what === what ? (transfer as Extract<Transfer, { what: What }>) : null;
}

const path = z.object({ token: z.string().max(100) });

/** Drivers show the status line, and read no body. */
function refuse(reply: FastifyReply, error: SluiceError, status = STATUS[error.code] ?? 403): FastifyReply {
  reply.raw.statusMessage = error.code;
  return fail(reply, error, { status });
}

const STATUS: Readonly<Record<string, number>> = {
  request_too_large: 413,
  record_unavailable: 503,
  warehouse_unavailable: 503,
};

function asRefusal(error: unknown): SluiceError {
  if (isSluiceError(error)) return error;
  return new SluiceError('request_malformed', 'the file did not come whole', { cause: error });
}

function noLongerGood(): SluiceError {
  return new SluiceError('result_unavailable', 'the place for this file is no longer good');
}
