import { readAtMost } from '../read-at-most.ts';

/** Bytes. What issuers answer takes some kilobytes; with certificates beside hundreds of keys, some hundreds. */
const MOST_BYTES = 1_048_576;

/**
 * `fetch`, for answers of issuers: reads no more than fits the largest that there is, so that one that sends without end fills no
 * memory for as long as its time-out is.
 *
 * @throws Error for what is longer, beside what `fetch` throws.
 */
export async function boundedFetch(
  url: string,
  { body: sent, ...options }: Omit<RequestInit, 'body'> & { readonly body?: RequestInit['body'] | undefined },
): Promise<Response> {
  const { body, status, statusText, headers } = await fetch(url, { ...options, body: sent ?? null });
  const bytes = await readAtMost(body, MOST_BYTES);
  if (bytes === null) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
  return new Response(bytes.length === 0 ? null : bytes, { status, statusText, headers });
}
