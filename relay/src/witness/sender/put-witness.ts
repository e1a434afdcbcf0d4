import { s3Headers, type S3Request } from '../../s3-signature.ts';
import { objectName, SENT, type Witness } from './witness.ts';

export interface PutOptions {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly s3: {
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string | { readonly env: string };
  } | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Puts each checkpoint into an object store, once: `If-None-Match: *` has the store refuse to replace an object (S3, GCS, Azure
 * and most others know it). A bucket with a retention lock holds also against who has the credentials.
 */
export function putWitness({ name, url, headers, s3, now }: PutOptions): Witness {
  const prefix = url.endsWith('/') ? url : `${url}/`;
  const signed = async (request: S3Request) => {
    if (s3 === null) return request.headers;
    const { region, accessKeyId, secretAccessKey: secret } = s3;
    const secretAccessKey = typeof secret === 'string' ? secret : (process.env[secret.env] ?? '');
    return await s3Headers(
      request,
      { region, credentials: { accessKeyId, secretAccessKey } },
      new Date(now()),
    );
  };
  return {
    name,
    async send(checkpoint, signal) {
      const request = {
        method: 'PUT',
        url: new URL(`${prefix}${objectName(checkpoint)}`),
        headers: { 'content-type': 'text/plain; charset=utf-8', ...headers, 'if-none-match': '*' },
        body: checkpoint.note,
      };
      const { method, body } = request;
      const response = await fetch(request.url, {
        method,
        headers: await signed(request),
        body,
        redirect: 'error',
        signal,
      });
      await response.body?.cancel();
      // 412: it is there already.
      if (!response.ok && response.status !== 412) throw new Error(`the store answered ${response.status}`);
      return SENT;
    },
  };
}
