import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that end. */
  readonly sessionToken?: string;
}

export interface S3Request {
  readonly method: string;
  /** Without a query. */
  readonly url: URL;
  /** Their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null for what is not signed: then TLS alone keeps it as it was sent. */
  readonly body: string | null;
}

/** The headers of a request to S3, or what speaks its protocol, with its signature (AWS Signature Version 4). */
export async function s3Headers(
  { method, url, headers, body }: S3Request,
  { region, credentials }: { readonly region: string; readonly credentials: S3Credentials },
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
  const digest = body === null ? 'UNSIGNED-PAYLOAD' : createHash('sha256').update(body).digest('hex');
  const request = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname.split('/').map(encoded).join('/'),
      headers: { ...headers, host: url.host, 'x-amz-content-sha256': digest },
    },
    { signingDate: at },
  );
  return request.headers;
}

/** Part of an address, as S3 signs it: everything but letters, digits and `-._~` is escaped. */
function encoded(part: string): string {
  return s3Escaped(decodeURIComponent(part));
}

/** Part of a key, as it stands in an address. */
export function s3Escaped(part: string): string {
  return encodeURIComponent(part).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
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
