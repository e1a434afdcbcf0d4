import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { StagePlace } from '../answers/stage-answer.ts';

/** Signs a request to S3 (AWS Signature Version 4). Its body is not signed: it goes encrypted, in both senses. */
export async function signed(
  { region, credentials }: StagePlace,
  {
    method,
    url,
    headers,
  }: { readonly method: string; readonly url: URL; readonly headers: Readonly<Record<string, string>> },
  at: Date,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    // Keys of S3 are encoded once.
    uriEscapePath: false,
  });
  const request = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { ...headers, host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    { signingDate: at },
  );
  return request.headers;
}

/** What the signer asks for: a hash, or with a key an HMAC. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #key: Parameters<typeof createHmac>[1] | undefined;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = key === undefined ? undefined : bytesOf(key);
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
