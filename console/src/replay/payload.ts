import type { RelayClient } from '@sluice/contract';

/** Bytes that an event names, and what they hash to, so that they can be compared with what was proven. */
export interface Payload {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, in hex. */
  readonly digest: string;
}

/** @param params the session, the event's `seq`, and the payload's place among those that it names, from 0. */
export async function readPayload(
  client: RelayClient,
  params: { readonly id: string; readonly seq: number; readonly place: number },
  signal: AbortSignal,
): Promise<Payload> {
  const chunks = await client.sessions.payload({ params }, { signal });
  const bytes = new Uint8Array(await new Blob(await allOf(chunks)).arrayBuffer());
  return { bytes, digest: hexOf(await crypto.subtle.digest('SHA-256', bytes)) };
}

/** SHA-256 of payloads by their address, as they were proven; null as long as that has not been checked. */
export type Proven = ReadonlyMap<string, string> | null;

export function isForged(proven: Proven, address: string, digest: string): boolean {
  return proven !== null && proven.has(address) && proven.get(address) !== digest;
}

function hexOf(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<BlobPart[]> {
  const all: BlobPart[] = [];
  for await (const chunk of chunks) all.push(chunk as Uint8Array<ArrayBuffer>);
  return all;
}
