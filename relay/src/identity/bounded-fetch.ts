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
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop ends the answer.
    if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return new Response(bytes === 0 ? null : Buffer.concat(parts), { status, statusText, headers });
}
