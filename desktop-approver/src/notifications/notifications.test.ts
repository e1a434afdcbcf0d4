import type { ApprovalSummary } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { Relay, RelayId } from '../relays/relay.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings/settings-schema.ts';
import { standIn, type StandInOptions } from '../testing/electron-stand-in.ts';
import { createNotifications, type NotificationParts } from './notifications.ts';

const request = (id: string, level: 'high' | 'low' = 'low') =>
  ({
    id,
    binding: `binding of ${id}`,
    sentence: `Ada updates ${id}`,
    risk: { level, because: [] },
  }) as unknown as ApprovalSummary;

function open(
  settings: Partial<Settings['notifications']> = {},
  parts: Partial<NotificationParts> & Pick<StandInOptions, 'mayNotify'> = {},
) {
  const stand = standIn({ userData: '/nowhere', mayNotify: parts.mayNotify ?? true });
  const timers: (() => void)[] = [];
  const opened: string[] = [];
  const decided: object[] = [];
  let pending: readonly ApprovalSummary[] = [];
  let fails = false;
  const relay = {
    id: 'acme' as RelayId,
    state: () => ({ name: 'Acme', pending }),
    async decide(decision: object) {
      if (fails) throw new Error('offline');
      decided.push(decision);
    },
  } as unknown as Relay;
  const notifications = createNotifications({
    electron: stand.electron,
    platform: 'win32',
    settings: () => ({
      ...DEFAULT_SETTINGS,
      notifications: { ...DEFAULT_SETTINGS.notifications, ...settings },
    }),
    isQuiet: () => false,
    after(_ms, run) {
      timers.push(run);
      return () => {};
    },
    openRequest: (_, id) => opened.push(id),
    openRelay: () => opened.push('inbox'),
    isLookedAt: () => false,
    ...parts,
  });
  return {
    stand,
    opened,
    decided,
    notifications,
    relay,
    ask(...requests: ApprovalSummary[]) {
      pending = [...pending, ...requests];
      for (const approval of requests) notifications.tell(relay, { type: 'asked', approval });
    },
    settle(...left: ApprovalSummary[]) {
      pending = left;
      notifications.settle(relay);
    },
    pass: () => timers.splice(0).forEach((run) => run()),
    shown: () => stand.toasts.filter(({ isShown }) => isShown).map(({ options }) => options.body),
    fail: () => (fails = true),
  };
}

describe('a notification', () => {
  it('says who wants what, and opens the request', () => {
    const { ask, shown, stand, opened } = open();
    ask(request('one'));
    expect(shown()).toEqual(['Ada updates one']);
    expect(stand.toasts[0]!.options).toMatchObject({ title: 'Acme', urgency: 'normal', silent: true });
    stand.toasts[0]!.emit('click');
    stand.toasts[0]!.emit('action', {}, 1);
    expect(opened).toEqual(['one', 'one']);
  });

  it('denies what it told of, and can do nothing else', async () => {
    const { ask, stand, decided } = open();
    ask(request('one'));
    expect(stand.toasts[0]!.options.actions!.map(({ text }) => text)).toEqual(['Deny', 'Open']);
    stand.toasts[0]!.emit('action', {}, 0);
    await expect
      .poll(() => decided)
      .toMatchObject([{ approval: 'one', shown: 'binding of one', verdict: 'deny', grantSeconds: null }]);
  });

  it('says when a denial was not taken', async () => {
    const { ask, stand, fail, shown } = open();
    ask(request('one'));
    fail();
    stand.toasts[0]!.emit('action', {}, 0);
    await expect.poll(() => stand.toasts.at(-1)!.options.title).toBe('It was not denied');
    expect(shown()).toHaveLength(2);
  });

  it('has no buttons on Linux, where it opens the window', () => {
    const { ask, stand, opened } = open({}, { platform: 'linux' });
    ask(request('one'));
    expect(stand.toasts[0]!.options.actions).toBeUndefined();
    stand.toasts[0]!.emit('click');
    expect(opened).toEqual(['one']);
  });

  it('sums up what comes soon after it, once', () => {
    const { ask, pass, shown, stand, opened } = open();
    ask(request('one'));
    for (let count = 0; count < 20; count += 1) ask(request(`more ${count}`));
    expect(shown()).toEqual(['Ada updates one']);
    pass();
    expect(shown()).toEqual(['21 requests wait for your decision.']);
    expect(stand.toasts).toHaveLength(2);
    expect(stand.toasts[1]!.options.actions).toBeUndefined();
    stand.toasts[1]!.emit('click');
    expect(opened).toEqual(['inbox']);
    pass();
    expect(stand.toasts).toHaveLength(2);
  });

  it('goes when what it told of has been decided', () => {
    const { ask, settle, shown } = open();
    ask(request('one'));
    settle();
    expect(shown()).toEqual([]);
  });

  it('stands out where most is to lose', () => {
    const { ask, stand } = open();
    ask(request('one', 'high'));
    expect(stand.toasts[0]!.options).toMatchObject({
      title: 'High risk · Acme',
      urgency: 'critical',
      timeoutType: 'never',
    });
  });

  it('does not say what it is where others may read it, and cannot deny it then', () => {
    const { ask, shown, stand } = open({ showsWhat: false });
    ask(request('one'));
    expect(shown()).toEqual(['A request waits for your decision.']);
    expect(stand.toasts[0]!.options.actions).toBeUndefined();
  });

  it.each([
    ['nobody is to be disturbed', {}, { isQuiet: () => true }],
    ['nothing is to be told', { of: 'none' }, {}],
    ['only what has most to lose is to be told', { of: 'high' }, {}],
    ['it is being looked at', {}, { isLookedAt: () => true }],
    ['the system shows none', {}, { mayNotify: false }],
  ] as const)('is not shown when %s', (_, settings, parts) => {
    const { ask, shown } = open(settings, parts);
    ask(request('one'));
    expect(shown()).toEqual([]);
  });

  it('tells of what was missed, and of a sign-in that ends', () => {
    const { notifications, relay, shown } = open();
    notifications.tell(relay, { type: 'missed', came: [request('a'), request('b')], went: [request('c')] });
    notifications.tell(relay, { type: 'sign_in_soon', until: '' });
    notifications.tell(relay, {
      type: 'signed_out',
      because: { code: '', message: 'it is over', advice: '' },
    });
    expect(shown()).toEqual([
      '2 requests came and ended while you were away. One that waited has ended since.',
      'Sign in again, so that no request is missed.',
      'it is over',
    ]);
  });
});
