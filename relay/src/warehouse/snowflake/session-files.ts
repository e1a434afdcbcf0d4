import { createReadStream } from 'node:fs';
import { isSluiceError, SluiceError } from '../../errors.ts';
import { fileName, isFileOf, packedName } from '../files/file-name.ts';
import { isPacked, type KeptFile, openStageFiles, type StageFiles } from '../files/stage-files.ts';
import {
  createTransferTokens,
  type SentFile,
  type SessionTokens,
  type TransferTokens,
} from '../files/transfer-tokens.ts';
import type { FileTransfer } from '../result.ts';
import type { StageTransfer, StoredFile } from './client/upstream.ts';
import { unsupported } from './errors.ts';

/**
 * Files between clients and the stages of the account: the relay stands between them. A file is on disk while it passes,
 * in a folder of the relay's own.
 */
export interface AccountFiles extends Pick<TransferTokens, 'find'> {
  /** Of one session of a person: what passes counts as theirs. */
  session(owner: string): SessionFiles;
  close(): Promise<void>;
}

export interface SessionFiles {
  /** Where the client sends its files to, or gets them from. */
  pass(transfer: StageTransfer, session: string): FileTransfer;
  /** Ends what is on its way, and every place. */
  close(): void;
}

export function createAccountFiles(now: () => number): AccountFiles {
  const tokens = createTransferTokens(now);
  let opened: Promise<StageFiles> | null = null;
  const files = () =>
    (opened ??= openStageFiles().catch((error: unknown) => {
      // A full disk may have room again.
      opened = null;
      throw error;
    }));
  return {
    find: tokens.find,
    session: (owner) => sessionFiles(owner, files, tokens.session()),
    async close() {
      await (await opened)?.close();
    },
  };
}

function sessionFiles(owner: string, files: () => Promise<StageFiles>, tokens: SessionTokens): SessionFiles {
  const closing = new AbortController();
  const { signal } = closing;

  type Upload = Extract<StageTransfer, { what: 'upload' }>;
  const upload = (transfer: Upload, name: string, session: string) =>
    tokens.give({
      what: 'upload',
      session,
      keepsOld: !transfer.overwrite,
      async isThere() {
        const names = [name, ...(transfer.autoCompress ? [packedName(name)] : [])];
        for (const each of new Set(names)) if (await transfer.has(each, signal)) return true;
        return false;
      },
      async receive(content, recorded) {
        const folder = await files();
        const kept = await folder.receive(owner, content);
        try {
          if (tokens.isClosed) throw ended();
          const called = transfer.autoCompress && isPacked(kept) ? packedName(name) : name;
          const { path, size, sha256 } = kept;
          await recorded({ name: called, size, sha256 });
          await transfer.put(called, { path, size, sha256 }, signal);
        } finally {
          await folder.discard(owner, kept);
        }
      },
    });

  const download = (file: StoredFile, session: string) => {
    /** The drivers ask for the size first, and for a large file in parts: it is fetched once. */
    let fetching: Promise<KeptFile> | null = null;
    const fetched = async () => {
      const folder = await files();
      const kept = await received(folder, owner, await file.get(signal));
      if (!tokens.isClosed) return kept;
      await folder.discard(owner, kept);
      throw ended();
    };
    return tokens.give(
      {
        what: 'download',
        session,
        name: file.name,
        async ready(): Promise<SentFile> {
          fetching ??= fetched();
          try {
            const { path, size, sha256 } = await fetching;
            return { size, sha256, open: (part) => createReadStream(path, part) };
          } catch (error) {
            fetching = null;
            throw error;
          }
        },
      },
      () => {
        const kept = fetching;
        fetching = null;
        if (kept !== null) void discarded(files, owner, kept);
      },
    );
  };

  return {
    pass(transfer, session) {
      const { local, parallel } = transfer;
      if (transfer.what === 'download') {
        const places = transfer.files.map((file) => ({ name: file.name, token: download(file, session) }));
        return { what: 'download', local, parallel, files: places };
      }
      const name = fileName(local);
      if (name === '') throw unsupported('this name of a file', '');
      const { overwrite, autoCompress, sourceCompression } = transfer;
      const token = name === null ? null : upload(transfer, name, session);
      const place = (called: string) =>
        isFileOf(local, called, autoCompress) ? upload(transfer, called, session) : null;
      return { what: 'upload', local, token, place, overwrite, autoCompress, sourceCompression, parallel };
    },
    close() {
      tokens.close();
      closing.abort(ended());
    },
  };
}

/** What comes, if it is what it is said to be. */
async function received(
  folder: StageFiles,
  owner: string,
  { content, sha256 }: Awaited<ReturnType<StoredFile['get']>>,
): Promise<KeptFile> {
  let kept: KeptFile;
  try {
    kept = await folder.receive(owner, content);
  } catch (error) {
    if (isSluiceError(error)) throw error;
    throw notAsSent();
  }
  if (sha256 === null || sha256 === kept.sha256) return kept;
  await folder.discard(owner, kept);
  throw notAsSent();
}

async function discarded(
  files: () => Promise<StageFiles>,
  owner: string,
  fetching: Promise<KeptFile>,
): Promise<void> {
  const kept = await fetching.catch(() => null);
  if (kept !== null) await (await files()).discard(owner, kept);
}

/** Cut off, of another key, or of other content than its digest says. What went wrong may name where it is kept: it is no cause. */
function notAsSent(): SluiceError {
  return new SluiceError('result_unavailable', 'the file did not come from the stage as it was put there', {
    advice: 'send the statement again; if it goes on, the file is damaged',
  });
}

function ended(): SluiceError {
  return new SluiceError('session_ended', 'the session has ended');
}
