import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { isAllowedRedirect } from '../redirect-uri.ts';
import { type DocumentHosts, readableDocument } from './document-address.ts';
import { type FetchedDocument, fetchDocument, inDns, type Resolve } from './fetch-document.ts';
import { shownName, type Program } from './registration.ts';

/**
 * Programs whose client id is the address of a document that says who they are (OAuth Client ID Metadata Document,
 * draft-ietf-oauth-client-id-metadata-document; MCP's revision of 2025-11-25).
 */
export interface ClientDocuments {
  /**
   * What the document at this address says.
   *
   * @throws SluiceError `request_malformed` for an address that is not read from and for a document that is not had or not right:
   * one message for whatever happened on the way. `rate_limited`.
   */
  read(clientId: string): Promise<Program>;
  /** Whether documents are read from there: programs that signed in by another go on no longer. */
  mayBeAt(clientId: string): boolean;
}

export interface ClientDocumentsOptions {
  readonly hosts: DocumentHosts;
  /** Addresses besides the loopback interface that people may be sent back to. */
  readonly redirectUris: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What strangers can have the relay ask for: of one host, and of all together. */
  readonly fetches: { readonly ofHost: FetchAllowance; readonly inAll: FetchAllowance };
  readonly resolve?: Resolve;
  readonly withinMs?: number;
}

export interface FetchAllowance {
  /** Takes one, or answers how many milliseconds later there is one to take. */
  take(key: string, now: number, patienceMs: number): number;
}

/** What it may be to fit. The draft would have servers bound it at 5 KB; logos are written into some. */
const MOST_BYTES = 16_384;
const WITHIN_MS = 5_000;
/** Kept, those that were asked for last; under way at a time. */
const MOST_KEPT = 200;
const MOST_UNDER_WAY = 20;
/** How long a document is believed: as it says itself within these, or else five minutes. Milliseconds. */
const LEAST_MS = 60_000;
const MOST_MS = 3_600_000;
const USUAL_MS = 300_000;

export function createClientDocuments(options: ClientDocumentsOptions): ClientDocuments {
  const { hosts, redirectUris, now, fetches, resolve = inDns(), withinMs = WITHIN_MS } = options;
  const kept = new Map<string, { readonly program: Program; readonly until: number }>();
  const underWay = new Map<string, Promise<Program>>();

  return {
    mayBeAt: (clientId) => readableDocument(clientId, hosts) !== null,
    async read(clientId) {
      const readable = readableDocument(clientId, hosts);
      if (readable === null) throw notRead();
      const known = kept.get(clientId);
      if (known !== undefined && known.until > now()) return known.program;
      const asked = underWay.get(clientId);
      if (asked !== undefined) return await asked;
      // One that was right is asked for again whatever strangers ask for, which is once in its time.
      if (known === undefined) mayAsk(readable.url.host);
      kept.delete(clientId);
      const reading = fetched();
      underWay.set(clientId, reading);
      try {
        return await reading;
      } finally {
        underWay.delete(clientId);
      }

      async function fetched(): Promise<Program> {
        const limits = { withinMs, mostBytes: MOST_BYTES };
        const answer = await fetchDocument(readable!, limits, resolve).catch((cause: unknown) => {
          throw notHad(cause);
        });
        const program = programOf(clientId, answer);
        kept.set(clientId, { program, until: now() + lifetimeOf(answer.cacheControl) });
        const [longest] = kept.keys();
        if (kept.size > MOST_KEPT && longest !== undefined) kept.delete(longest);
        return program;
      }
    },
  };

  function mayAsk(host: string): void {
    const at = now();
    const ofHost = fetches.ofHost.take(host, at, 0);
    const waitMs = ofHost > 0 ? ofHost : fetches.inAll.take('', at, 0);
    if (waitMs === 0 && underWay.size < MOST_UNDER_WAY) return;
    throw new SluiceError('rate_limited', 'too many documents of programs are being asked for', {
      advice: 'try again in a moment',
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
    });
  }

  function programOf(clientId: string, { status, contentType, bytes }: FetchedDocument): Program {
    if (status !== 200) throw notHad(new Error(`status ${status}`));
    if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType))
      throw notHad(new Error('another content type than JSON'));
    const parsed = clientDocument.safeParse(jsonOf(bytes));
    if (!parsed.success) throw notRight();
    const said = parsed.data;
    if (said.client_id !== clientId) throw notRight();
    return {
      name: shownName(said.client_name),
      // Others it may have for other servers; here nobody is sent there.
      redirectUris: said.redirect_uris.filter((uri) => isAllowedRedirect(uri, redirectUris)),
      registeredAt: now(),
      document: clientId,
    };
  }
}

/** What a document says, of which everything else is left alone. No secret can stand in what everybody reads. */
const clientDocument = z.object({
  client_id: z.string(),
  client_name: z.string().max(200).optional(),
  redirect_uris: z.array(z.url().max(500)).min(1).max(20),
  // A program that proves itself by a key elsewhere is not let in without one here.
  token_endpoint_auth_method: z.literal('none').optional(),
  client_secret: z.undefined().optional(),
  client_secret_expires_at: z.undefined().optional(),
});

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** Milliseconds. RFC 9111, of which `max-age` alone counts. */
function lifetimeOf(cacheControl: string): number {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return LEAST_MS;
  const seconds = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(cacheControl)?.[1];
  if (seconds === undefined) return USUAL_MS;
  return Math.min(Math.max(Number(seconds) * 1_000, LEAST_MS), MOST_MS);
}

function notRead(): SluiceError {
  return new SluiceError(
    'request_malformed',
    'the program’s address is not one that the relay reads documents from',
    { advice: 'have its host added to `identity.programs.documents` of the configuration' },
  );
}

function notHad(cause: unknown): SluiceError {
  return new SluiceError('request_malformed', 'the document that says who the program is cannot be had', {
    advice: 'see whether its address answers with JSON, without a redirect',
    cause,
  });
}

function notRight(): SluiceError {
  return new SluiceError('request_malformed', 'the document that says who the program is is not right', {
    advice:
      'its `client_id` has to be its own address to the letter, beside `redirect_uris`; the relay takes programs without a secret or key',
  });
}
