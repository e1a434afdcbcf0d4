import type { ApprovalSummary } from '@sluice/contract';
import type { ElectronModules, Toast } from '../electron.ts';
import type { Relay, RelayEvent, RelayId } from '../relays/relay.ts';
import { troubleOf } from '../relays/trouble.ts';
import type { Settings } from '../settings/settings-schema.ts';
import { WORDS } from '../words.ts';

export interface NotificationParts {
  readonly electron: Pick<ElectronModules, 'Notification' | 'shell'>;
  readonly platform: NodeJS.Platform;
  readonly settings: () => Settings;
  readonly isQuiet: () => boolean;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly openRequest: (relay: RelayId, request: string) => void;
  readonly openRelay: (relay: RelayId) => void;
  /** Whether its window shows the inbox or this request, and has the focus. */
  readonly isLookedAt: (relay: RelayId, request: string) => boolean;
}

export interface Notifications {
  tell(relay: Relay, event: RelayEvent): void;
  /** What no longer waits is no longer told of. */
  settle(relay: Relay): void;
  end(): void;
}

/** One relay's requests: what is shown of them, and those that came since. */
interface Situation {
  toast: Toast | null;
  requests: ApprovalSummary[];
  /** Those that came while one was being read, to be summed up. */
  isHeldBack: boolean;
}

/** The first is told of at once; those that come within so long after it are told of together. Milliseconds. */
const TOGETHER_MS = 8_000;

/**
 * Notifications of the system's. Of a relay's requests there is one at a time. It says who wants what; it can deny, and it can
 * open the window. It cannot approve: a line on a lock screen is no ground for consent.
 */
export function createNotifications(parts: NotificationParts): Notifications {
  const { electron, platform, settings, after } = parts;
  const situations = new Map<RelayId, Situation>();
  const timers = new Set<() => void>();
  // Those of Linux have no buttons that could be relied on: they open the window.
  const hasActions = platform === 'darwin' || platform === 'win32';

  const mayTell = (isHigh: boolean) => {
    const { of } = settings().notifications;
    return (
      electron.Notification.isSupported() && !parts.isQuiet() && (of === 'all' || (of === 'high' && isHigh))
    );
  };
  const show = (
    title: string,
    body: string,
    isHigh: boolean,
    onOpen: () => void,
    onDeny: (() => void) | null,
  ) => {
    const { sound } = settings().notifications;
    const toast = new electron.Notification({
      title,
      body,
      // The system's own, if it has one and the person wants one.
      silent: !sound,
      urgency: isHigh ? 'critical' : 'normal',
      timeoutType: isHigh ? 'never' : 'default',
      ...(hasActions && onDeny !== null
        ? {
            actions: [
              { type: 'button', text: WORDS.toast.deny },
              { type: 'button', text: WORDS.toast.open },
            ],
          }
        : {}),
    });
    toast.on('click', onOpen);
    toast.on('action', (_event, index) => (index === 0 && onDeny !== null ? onDeny() : onOpen()));
    toast.show();
    if (sound && platform === 'linux') electron.shell.beep();
    return toast;
  };
  const deny = async (relay: Relay, { id, binding }: ApprovalSummary) => {
    try {
      await relay.decide({ ...DENY, approval: id, shown: binding });
    } catch (error) {
      const { message } = troubleOf(error);
      show(WORDS.toast.notDenied, message, true, () => parts.openRequest(relay.id, id), null);
    }
  };
  const showRequests = (relay: Relay, situation: Situation) => {
    situation.toast?.close();
    const { name } = relay.state();
    const [only, ...others] = situation.requests;
    if (only === undefined) return;
    const isHigh = situation.requests.some(({ risk }) => risk.level === 'high');
    const title = WORDS.toast.title(name, isHigh);
    situation.toast =
      others.length > 0
        ? show(
            title,
            WORDS.toast.several(situation.requests.length),
            isHigh,
            () => parts.openRelay(relay.id),
            null,
          )
        : show(
            title,
            settings().notifications.showsWhat ? only.sentence : WORDS.toast.hidden,
            isHigh,
            () => parts.openRequest(relay.id, only.id),
            // Whoever is not told what it is cannot deny it either.
            settings().notifications.showsWhat ? () => void deny(relay, only) : null,
          );
  };
  const ask = (relay: Relay, approval: ApprovalSummary) => {
    if (!mayTell(approval.risk.level === 'high') || parts.isLookedAt(relay.id, approval.id)) return;
    const situation = situations.get(relay.id) ?? { toast: null, requests: [], isHeldBack: false };
    situations.set(relay.id, situation);
    situation.requests.push(approval);
    if (situation.isHeldBack) return;
    situation.isHeldBack = true;
    const told = situation.requests.length;
    showRequests(relay, situation);
    const stop = after(TOGETHER_MS, () => {
      timers.delete(stop);
      situation.isHeldBack = false;
      if (situation.requests.length > told) showRequests(relay, situation);
    });
    timers.add(stop);
  };
  const once = (relay: Relay, title: string, body: string) => {
    if (mayTell(false)) show(title, body, false, () => parts.openRelay(relay.id), null);
  };
  return {
    tell(relay, event) {
      switch (event.type) {
        case 'asked':
          return ask(relay, event.approval);
        case 'missed':
          return once(relay, relay.state().name, WORDS.toast.missed(event.came.length, event.went.length));
        case 'sign_in_soon':
          return once(relay, WORDS.toast.soon, WORDS.toast.soonAdvice);
        case 'signed_out':
          return once(relay, WORDS.toast.signedOut, event.because.message);
        default:
          return event satisfies never;
      }
    },
    settle(relay) {
      const situation = situations.get(relay.id);
      if (situation === undefined) return;
      const waiting = new Set(relay.state().pending.map(({ id }) => id));
      situation.requests = situation.requests.filter(({ id }) => waiting.has(id));
      if (situation.requests.length > 0) return;
      situation.toast?.close();
      situation.toast = null;
    },
    end() {
      for (const stop of timers) stop();
      for (const { toast } of situations.values()) toast?.close();
    },
  };
}

const DENY = {
  verdict: 'deny',
  comment: WORDS.toast.denied,
  proposal: null,
  mostRows: null,
  grantSeconds: null,
  grantRows: null,
} as const;
