import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { KeptFile } from './stage-files.ts';

/** Where a client sends a file, or gets one: each by a token that nobody can guess, for one file, for a while. */
export interface TransferTokens {
  /** Null when the token is not good, or no longer. */
  find(token: string): Transfer | null;
  /** Of a session: its tokens are good as long as it is open. */
  session(): SessionTokens;
}

export interface SessionTokens {
  readonly isClosed: boolean;
  /** @param onEnd - called once, when the token is good no longer. */
  give(transfer: Transfer, onEnd?: () => void): string;
  close(): void;
}

export type Transfer =
  | {
      readonly what: 'upload';
      /** The client's session, as the record calls it. */
      readonly session: string;
      /** Whether a file that is there already stays as it is, whatever its client says. */
      readonly keepsOld: boolean;
      /** Whether there is a file of its name. */
      isThere(): boolean | Promise<boolean>;
      /**
       * Takes a file in. It is where it belongs when this has resolved, and was on the record before. Nothing is left of it
       * when it could not be recorded. Errors: `request_too_large`, what `recorded` rejects with.
       */
      receive(content: Readable, recorded: Recorded): Promise<void>;
    }
  | {
      readonly what: 'download';
      readonly session: string;
      readonly name: string;
      /** The file, the same one each time. */
      ready(): SentFile | Promise<SentFile>;
    };

export type Recorded = (file: Pick<KeptFile, 'size' | 'sha256'> & { readonly name: string }) => Promise<void>;

export interface SentFile {
  readonly size: number;
  readonly sha256: string;
  open(part?: ByteRange): Readable;
}

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

type Given = { readonly transfer: Transfer; readonly until: number; readonly end: () => void };

/** How long a driver has for the files of one PUT or GET. Milliseconds. */
const VALID_MS = 3_600_000;

export function createTransferTokens(now: () => number = Date.now): TransferTokens {
  const tokens = new Map<string, Given>();
  const end = (token: string) => {
    const given = tokens.get(token);
    tokens.delete(token);
    given?.end();
  };
  return {
    find(token) {
      const given = tokens.get(token);
      return given === undefined || given.until < now() ? null : given.transfer;
    },
    session() {
      const own = new Set<string>();
      let isClosed = false;
      return {
        get isClosed() {
          return isClosed;
        },
        give(transfer, onEnd = () => {}) {
          for (const [token, { until }] of tokens) if (until < now()) end(token);
          const token = randomBytes(32).toString('base64url');
          tokens.set(token, {
            transfer,
            until: now() + VALID_MS,
            end() {
              own.delete(token);
              onEnd();
            },
          });
          own.add(token);
          return token;
        },
        close() {
          isClosed = true;
          for (const token of own) end(token);
        },
      };
    },
  };
}
