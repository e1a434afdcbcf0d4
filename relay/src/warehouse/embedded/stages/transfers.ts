import { createReadStream } from 'node:fs';
import { SluiceError } from '../../../errors.ts';
import { packedName } from '../../files/file-name.ts';
import { isPacked, type StagedFile, type StageFiles } from '../../files/stage-files.ts';
import { createTransferTokens, type TransferTokens } from '../../files/transfer-tokens.ts';

/** Where a client sends a file of a stage, or gets one. */
export interface Transfers extends Pick<TransferTokens, 'find'> {
  /** Of a session: its tokens are good as long as it is open. */
  session(owner: string, session: string): SessionTransfers;
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

export function createTransfers(files: StageFiles, now: () => number = Date.now): Transfers {
  const tokens = createTransferTokens(now);
  return {
    find: tokens.find,
    session(owner, session) {
      const own = tokens.session();
      return {
        upload: (stage, name, packs) =>
          own.give({
            what: 'upload',
            session,
            keepsOld: false,
            isThere: () =>
              files
                .of(owner, stage)
                .some((file) => [name, ...(packs ? [packedName(name)] : [])].includes(file.name)),
            async receive(content, recorded) {
              const kept = await files.receive(owner, content);
              const called = packs && isPacked(kept) ? packedName(name) : name;
              const file = { ...kept, name: called, at: now(), sources: [] };
              try {
                if (own.isClosed) throw new SluiceError('session_ended', 'the session has ended');
                await recorded(file);
              } catch (error) {
                await files.discard(owner, file);
                throw error;
              }
              await files.add(owner, stage, file);
            },
          }),
        download: (file) =>
          own.give({
            what: 'download',
            session,
            name: file.name,
            ready: () => ({
              size: file.size,
              sha256: file.sha256,
              open: (part) => createReadStream(file.path, part),
            }),
          }),
        close: () => own.close(),
      };
    },
  };
}
