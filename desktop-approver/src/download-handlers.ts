import { basename } from 'node:path';
import { fingerprintOf } from '@sluice/record-proof';
import type { ElectronModules } from './electron.ts';
import type { DOWNLOAD_CALLS, DownloadsView } from './ipc/download-calls.ts';
import type { Handlers } from './ipc/serve-calls.ts';
import type { Downloads, RelayBook } from './ports.ts';
import type { RelayId } from './relays/relay.ts';
import { TroubleError, troubleOf } from './relays/trouble.ts';
import type { KeptSession } from './replays/library.ts';
import { WORDS } from './words.ts';

export interface DownloadHandlerParts {
  readonly downloads: Downloads;
  readonly relays: Pick<RelayBook, 'get'>;
  readonly dialog: Pick<ElectronModules['dialog'], 'showOpenDialog'>;
  /** Shows a session's replay. */
  readonly show: (session: string) => void;
  /** Told when there is something else to show. */
  readonly onChange: () => void;
}

/** What the app does for its page of downloads. */
export function downloadHandlers({ downloads, relays, dialog, show, onChange }: DownloadHandlerParts) {
  /** A file that was opened, of a log that nobody here knows. */
  let waiting: string | null = null;
  const nameOf = (relay: string | null) =>
    relay === null ? null : (relays.get(relay as RelayId)?.state().name ?? null);
  const wait = (path: string | null) => {
    waiting = path;
    onChange();
  };

  /** @returns the session; null when its page has to ask for the log's key first. */
  const open = async (path: string, key?: string): Promise<string | null> => {
    try {
      const { session } = await downloads.importFile(path, key);
      if (waiting === path) wait(null);
      return session;
    } catch (error) {
      if (!(error instanceof TroubleError) || error.code !== 'key_unknown') throw error;
      wait(path);
      return null;
    }
  };

  const view = async (): Promise<DownloadsView> => {
    const coming = downloads.coming().map((job) => ({ ...job, relay: nameOf(job.relay) }));
    const file = waiting === null ? null : basename(waiting);
    try {
      const [kept, room, interrupted] = await Promise.all([
        downloads.list(),
        downloads.room(),
        downloads.interrupted(),
      ]);
      return {
        sessions: kept.map((one) => viewOf(one, nameOf(one.relay))),
        room,
        coming,
        interrupted: interrupted.map(({ session, relay }) => ({ session, relay: nameOf(relay) })),
        waiting: file,
        trouble: null,
      };
    } catch (error) {
      const { code, message, advice } = troubleOf(error);
      const nothing = { sessions: [], room: { used: 0, pinned: 0, limit: 0 }, interrupted: [] };
      return { ...nothing, coming, waiting: file, trouble: { code, message, advice } };
    }
  };

  const handlers: Handlers<typeof DOWNLOAD_CALLS, unknown> = {
    downloads: view,
    async openSession({ session }) {
      show(session);
      return null;
    },
    async pinSession({ session, isPinned }) {
      await downloads.pin(session, isPinned);
      return null;
    },
    async removeSession({ session }) {
      await downloads.remove(session);
      return null;
    },
    async cancelDownload({ session }) {
      downloads.cancel(session);
      return null;
    },
    async continueDownload({ session }) {
      const wanted = (await downloads.interrupted()).find((one) => one.session === session);
      const relay = wanted === undefined ? null : relays.get(wanted.relay as RelayId);
      if (relay === null) {
        throw new TroubleError('relay_not_listed', 'its relay is not in your list any more', 'forget it');
      }
      await downloads.download(relay, session);
      return null;
    },
    async forgetDownload({ session }) {
      await downloads.forget(session);
      return null;
    },
    async chooseFile() {
      const { canceled, filePaths } = await dialog.showOpenDialog({
        title: WORDS.file.choose,
        properties: ['openFile'],
        filters: [
          { name: WORDS.file.session, extensions: ['sluice', 'ndjson'] },
          { name: WORDS.file.any, extensions: ['*'] },
        ],
      });
      const [path] = filePaths;
      if (!canceled && path !== undefined) await open(path);
      return null;
    },
    async giveKey({ key }) {
      if (waiting !== null) await open(waiting, key);
      return null;
    },
    async dropFile() {
      wait(null);
      return null;
    },
    beginDownloadsAnew: async () => await downloads.beginAnew(),
  };
  return { handlers, open };
}

function viewOf(
  { session, summary, bytes, isPinned, key, witnesses, history }: KeptSession,
  relay: string | null,
): DownloadsView['sessions'][number] {
  const { name, application, agent, openedAt, events } = summary;
  return {
    session,
    relay,
    name,
    application,
    agent,
    openedAt,
    events,
    bytes,
    isPinned,
    key: fingerprintOf(key),
    witnesses: witnesses.length,
    history,
  };
}
