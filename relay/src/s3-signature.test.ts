import { expect, it } from 'vitest';
import { s3Headers } from './s3-signature.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const place = { region: 'us-east-1', credentials };
const at = new Date('2013-05-24T00:00:00Z');

it('signs the request of the documentation as the documentation has it', async () => {
  const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt');
  const request = { method: 'GET', url, headers: { range: 'bytes=0-9' }, body: '' };
  expect((await s3Headers(request, place, at))['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

it('signs a key as S3 escapes it, however its address spells it', async () => {
  const signatures = ['test$file.text', 'test%24file.text'].map(async (key) => {
    const url = new URL(`https://examplebucket.s3.amazonaws.com/${key}`);
    return (await s3Headers({ method: 'PUT', url, headers: {}, body: 'x' }, place, at))['authorization'];
  });
  const [plain, escaped] = await Promise.all(signatures);
  expect(plain).toBe(escaped);
});

it('signs what is sent, unless it is told not to', async () => {
  const url = new URL('https://examplebucket.s3.amazonaws.com/a');
  const of = async (body: string | null) =>
    await s3Headers({ method: 'PUT', url, headers: {}, body }, place, at);
  expect((await of('one'))['authorization']).not.toBe((await of('other'))['authorization']);
  expect((await of(null))['x-amz-content-sha256']).toBe('UNSIGNED-PAYLOAD');
});

it('names the token of credentials that end', async () => {
  const url = new URL('https://examplebucket.s3.amazonaws.com/a');
  const ending = { ...place, credentials: { ...credentials, sessionToken: 'until-noon' } };
  const headers = await s3Headers({ method: 'GET', url, headers: {}, body: null }, ending, at);
  expect(headers['x-amz-security-token']).toBe('until-noon');
  expect(headers['authorization']).toContain('x-amz-security-token');
});
