import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { quoted, shown } from '../../text/index.ts';

/**
 * Reads every body as JSON, packed or not, whatever its content type says. A route's `bodyLimit` holds for
 * the bytes as sent and for the bytes as unpacked, so that a small body cannot become a large one.
 */
export function parseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const limit = request.routeOptions.bodyLimit ?? app.initialConfig.bodyLimit!;
    return await parseJson(app, request, await unpack(body, request.headers['content-encoding'], limit));
  });
}

/** A body's typed value. Errors: `request_malformed`, which names the first key that is wrong, never its value. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new SluiceError(
    'request_malformed',
    shown`the request is not as expected at ${quoted(path.join('.'), { most: 100 })}: ${quoted(message)}`,
  );
}

/** Drivers say gzip on empty and on plain bodies too (driver protocol, rule 11): the bytes decide. */
async function unpack(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  if (encoding !== undefined && !['gzip', 'identity', ''].includes(encoding.toLowerCase())) {
    throw new SluiceError(
      'request_malformed',
      shown`the content encoding ${quoted(encoding, { most: 40 })} is not known`,
    );
  }
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return await promisify(gunzip)(body, { maxOutputLength: limit });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new SluiceError('request_too_large', `the unpacked request is larger than ${limit} bytes`, {
        advice: 'send less at once, or ask the operator for a larger limit',
      });
    }
    throw new SluiceError('request_malformed', 'the request body is not valid gzip');
  }
}

/** By Fastify's parser, which refuses keys that would become an object's prototype. */
async function parseJson(app: FastifyInstance, request: FastifyRequest, body: Buffer): Promise<unknown> {
  if (body.length === 0) return {};
  const parse = app.getDefaultJsonParser('error', 'error');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const parsed = await new Promise<unknown>((resolve, reject) => {
      void parse(request, text, (error, value: unknown) => (error === null ? resolve(value) : reject(error)));
    });
    // A heartbeat's body is `null` from some drivers.
    return parsed ?? {};
  } catch {
    throw new SluiceError('request_malformed', 'the request body is not valid JSON');
  }
}
