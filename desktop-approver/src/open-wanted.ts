import type { ElectronModules } from './electron.ts';
import type { RelayBook } from './ports.ts';
import type { RelayId } from './relays/relay.ts';
import { troubleOf } from './relays/trouble.ts';
import type { Wanted } from './system/deep-link.ts';
import type { Places } from './windows/show-places.ts';
import { WORDS } from './words.ts';

export interface OpenWantedParts {
  readonly relays: Pick<RelayBook, 'list'>;
  readonly show: Places;
  readonly dialog: Pick<ElectronModules['dialog'], 'showMessageBox'>;
  /** @returns the session that is in a file; null when its page has to ask for the log's key first. */
  readonly takeIn: (path: string) => Promise<string | null>;
}

/** Shows what a link, a double click or another start of the app asks for; null: nothing but the app. */
export async function openWanted(wanted: Wanted | null, parts: OpenWantedParts): Promise<void> {
  const { relays, show, dialog } = parts;
  if (wanted === null) return show.first();
  if (wanted.type === 'file') return await openFile(wanted.path, parts);
  const relay = await relayWith(relays, wanted.id);
  if (relay !== null) return show.request(relay, wanted.id);
  await dialog.showMessageBox({
    type: 'info',
    title: WORDS.product,
    message: WORDS.link.unknown,
    detail: WORDS.link.unknownDetail,
    buttons: [WORDS.link.close],
  });
}

async function openFile(path: string, { show, dialog, takeIn }: OpenWantedParts): Promise<void> {
  try {
    const session = await takeIn(path);
    if (session === null) show.own('/downloads');
    else show.downloads(`/console/sessions/${session}`);
  } catch (error) {
    const { message, advice } = troubleOf(error);
    await dialog.showMessageBox({
      type: 'error',
      title: WORDS.product,
      message: WORDS.file.refused,
      detail: `${message}. ${advice}`,
      buttons: [WORDS.link.close],
    });
  }
}

/** The relay that knows of a request; a link does not say which. */
async function relayWith(relays: Pick<RelayBook, 'list'>, id: string): Promise<RelayId | null> {
  const waits = relays.list().find((relay) => relay.state().pending.some((request) => request.id === id));
  if (waits !== undefined) return waits.id;
  const signedIn = relays.list().filter((relay) => relay.state().person !== null);
  const found = await Promise.all(
    signedIn.map(async (relay) => {
      try {
        await relay.client.approvals.read({ params: { id } });
        return relay.id;
      } catch {
        return null;
      }
    }),
  );
  return found.find((relay) => relay !== null) ?? null;
}
