import { isIP } from 'node:net';
import { z } from 'zod';
import { isOfNobody, isPublicAddress } from './public-address.ts';

/** `agents.example`, `agents.example:8443`, or `*.example` for the hosts below it. */
const host = z
  .string()
  .max(260)
  .refine((text) => {
    const name = text.replace(/^\*\./, '');
    return !name.includes('*') && URL.parse(`https://${name}`)?.host === name;
  }, 'a host, as `agents.example`, `agents.example:8443` or `*.example`');

/** Of which hosts the relay reads the documents of programs: of any on the internet, or of these. */
export const documentHosts = z.union([z.literal('any'), z.array(host).min(1)]);
export type DocumentHosts = z.infer<typeof documentHosts>;

/** What one address may be read by. */
export interface ReadableDocument {
  readonly url: URL;
  /** Whether the document may lie at this address of the network. */
  readonly mayLieAt: (address: string) => boolean;
}

/** Whether a client id would be the address of a document, and not one that the relay gave. */
export function isDocumentAddress(clientId: string): boolean {
  return /^https?:/i.test(clientId);
}

/**
 * An address that a document may be read from; null for one that it may not. It is written as URLs are written out (so there
 * is one spelling), by https, with a path, and with nothing that could seem to be a part of it.
 *
 * A host that is listed by its whole name may be in the relay's own network; others are on the internet, by a name.
 */
export function readableDocument(clientId: string, hosts: DocumentHosts): ReadableDocument | null {
  const url = URL.parse(clientId);
  if (url === null || url.href !== clientId || clientId.length > 500) return null;
  if (url.protocol !== 'https:' || url.pathname === '/' || /[?#@]/.test(clientId)) return null;
  if (hosts !== 'any' && hosts.includes(url.host))
    return { url, mayLieAt: (address) => !isOfNobody(address) };
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0 || url.port !== '') return null;
  const isListed =
    hosts === 'any' || hosts.some((one) => one.startsWith('*.') && name.endsWith(one.slice(1)));
  return isListed ? { url, mayLieAt: isPublicAddress } : null;
}
