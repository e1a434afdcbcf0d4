import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { SluiceError } from '../../../errors.ts';
import { isPacked, type StagedFile, type StageFiles } from './stage-files.ts';

/** Where a client sends a file, or gets one: each by a token that nobody can guess, for one file, for a while. */
export interface Transfers {
  /** Of a session: its tokens are good as long as it is open. */
  session(owner: string, session: string): SessionTransfers;
  /** Null when the token is not good, or no longer. */
  find(token: string): Transfer | null;
}

export interface SessionTransfers {
  /**
   * @param packs - whether its client packs the file, which is then called `.gz`: most ask anew with that name, some send
   * it under this one
   */
  upload(stage: string, name: string, packs: boolean): string;
  download(file: StagedFile): string;
  close(): void;
}

export type Transfer =
  | {
      readonly what: 'upload';
      /** The client's session, as the record calls it. */
      readonly session: string;
      /** Whether there is a file of its name. */
      isThere(): boolean;
      /**
       * Takes a file in. It bears its name when `recorded` has resolved, and is gone when that rejects. Errors:
       * `request_too_large`.
       */
      receive(
        content: Readable,
        recorded: (file: Pick<StagedFile, 'name' | 'size' | 'sha256'>) => Promise<void>,
      ): Promise<void>;
    }
  | {
      readonly what: 'download';
      readonly session: string;
      readonly name: string;
      readonly size: number;
      readonly sha256: string;
      open(part?: ByteRange): Readable;
    };

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

type Kept = { readonly transfer: Transfer; readonly until: number };

/** How long a driver has for the files of one PUT or GET. Milliseconds. */
const VALID_MS = 3_600_000;

export function createTransfers(files: StageFiles, now: () => number = Date.now): Transfers {
  const tokens = new Map<string, Kept>();
  const keep = (transfer: Transfer): string => {
    for (const [token, { until }] of tokens) if (until < now()) tokens.delete(token);
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, { transfer, until: now() + VALID_MS });
    return token;
  };
  return {
    find(token) {
      const kept = tokens.get(token);
      return kept === undefined || kept.until < now() ? null : kept.transfer;
    },
    session(owner, session) {
      const own = new Set<string>();
      let isClosed = false;
      const given = (transfer: Transfer) => {
        const token = keep(transfer);
        own.add(token);
        return token;
      };
      return {
        upload: (stage, name, packs) =>
          given({
            what: 'upload',
            session,
            isThere: () =>
              files
                .of(owner, stage)
                .some((file) => [name, ...(packs ? [packed(name)] : [])].includes(file.name)),
            async receive(content, recorded) {
              const kept = await files.receive(owner, content);
              const called = packs && isPacked(kept) ? packed(name) : name;
              const file = { ...kept, name: called, at: now(), sources: [] };
              try {
                if (isClosed) throw new SluiceError('session_ended', 'the session has ended');
                await recorded(file);
              } catch (error) {
                await files.discard(owner, file);
                throw error;
              }
              await files.add(owner, stage, file);
            },
          }),
        download: (file) =>
          given({
            what: 'download',
            session,
            name: file.name,
            size: file.size,
            sha256: file.sha256,
            open: (part) => createReadStream(file.path, part),
          }),
        close() {
          isClosed = true;
          for (const token of own) tokens.delete(token);
        },
      };
    },
  };
}

function packed(name: string): string {
  return name.endsWith('.gz') ? name : `${name}.gz`;
}
