import type { ElectronModules } from './electron.ts';
import type { RelayBook } from './ports.ts';
import type { Act } from './relays/relay.ts';
import { WORDS } from './words.ts';

/**
 * Asks the person, in a dialog of the system's and so outside of any page, whether they want what a page asks for. Enter and
 * Escape say no.
 */
export async function confirmAct(
  { dialog }: Pick<ElectronModules, 'dialog'>,
  relays: Pick<RelayBook, 'get'>,
  act: Act,
): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: WORDS.product,
    message: messageOf(act),
    detail: [...detailOf(act), WORDS.confirm.at(relays.get(act.relay)?.state().name ?? act.relay)].join(
      '\n\n',
    ),
    buttons: [WORDS.confirm.no, act.type === 'approve' ? WORDS.confirm.yesApprove : WORDS.confirm.yes],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

function messageOf(act: Act): string {
  switch (act.type) {
    case 'approve':
      return WORDS.confirm.approve;
    case 'vouch':
      return WORDS.confirm.vouch;
    case 'route':
      return WORDS.confirm.act(act.summary);
    default:
      return act satisfies never;
  }
}

function detailOf(act: Act): readonly string[] {
  switch (act.type) {
    case 'approve': {
      const { summary, plain, sql } = act.view;
      return [
        summary.sentence,
        summary.risk.because.join(', '),
        plain.rows,
        sql.length > MOST ? `${sql.slice(0, MOST)}…` : sql,
      ].filter((text) => text !== '');
    }
    case 'vouch':
      return [act.fingerprint, WORDS.confirm.compare];
    case 'route':
      const asked: Record<string, unknown> = { ...act.params, ...(act.body as object | null) };
      return Object.entries(asked).map(
        ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
    default:
      return act satisfies never;
  }
}

/** The dialog reminds of what was read on the page; a text of any length would push its buttons off the screen. */
const MOST = 600;
