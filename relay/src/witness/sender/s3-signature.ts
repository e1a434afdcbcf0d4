import { createHash, createHmac } from 'node:crypto';

export interface S3Credentials {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The headers of a request to S3, or what speaks its protocol, with its signature: AWS Signature Version 4 as
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html has it.
 *
 * @param request the URL has no query; the names of headers are in lower case.
 */
export function s3Headers(
  request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  { region, accessKeyId, secretAccessKey }: S3Credentials,
  at: Date,
): Readonly<Record<string, string>> {
  const { host, pathname } = new URL(request.url);
  const stamp = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = stamp.slice(0, 8);
  const digest = sha256(request.body);
  const sent = { ...request.headers, 'x-amz-content-sha256': digest, 'x-amz-date': stamp };
  const headers = Object.entries({ ...sent, host }).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const names = headers.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    pathname.split('/').map(encoded).join('/'),
    '',
    ...headers.map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    digest,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (before, part) => hmac(before, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${accessKeyId}/${scope}`;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=${names},Signature=${signature}`,
  };
}

/** Everything but letters, digits and `-._~`. */
function encoded(segment: string): string {
  return encodeURIComponent(decodeURIComponent(segment)).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
