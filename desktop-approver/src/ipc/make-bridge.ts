import type { Bridge, BridgeCalls, BridgeNews, Outcome } from '@sluice/console/desktop-bridge';
import { z } from 'zod';
import type { PreloadModules } from '../electron.ts';
import { channelOf, type Face } from './schema.ts';

/** The page's end, made in its preload script: what it gives the page is functions for the table's calls and news, and no more. */
export function makeBridge<Calls extends BridgeCalls, News extends BridgeNews>(
  ipcRenderer: PreloadModules['ipcRenderer'],
  face: Face,
  { calls, news }: { readonly calls: Calls; readonly news: News },
): Bridge<Calls, News> {
  const call = Object.entries(calls).map(([name, { input, output }]) => [
    name,
    async (given: unknown): Promise<Outcome<unknown>> => {
      const sent = input.safeParse(given);
      if (!sent.success) return refused(name, 'is malformed');
      const answer = outcomeOf(output).safeParse(
        await ipcRenderer.invoke(channelOf(face, 'call', name), sent.data),
      );
      return answer.success ? answer.data : refused(name, 'was answered otherwise than agreed');
    },
  ]);
  const on = Object.entries(news).map(([name, schema]) => [
    name,
    (listener: (news: unknown) => void) => {
      const channel = channelOf(face, 'news', name);
      const told = (_: unknown, sent: unknown) => {
        const given = schema.safeParse(sent);
        if (given.success) listener(given.data);
      };
      ipcRenderer.on(channel, told);
      return () => void ipcRenderer.removeListener(channel, told);
    },
  ]);
  return { call: Object.fromEntries(call), on: Object.fromEntries(on) };
}

function outcomeOf(value: z.ZodType) {
  const error = z.strictObject({ code: z.string(), message: z.string(), advice: z.string() });
  return z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), value }),
    z.strictObject({ ok: z.literal(false), error }),
  ]);
}

function refused(name: string, why: string): Outcome<never> {
  return { ok: false, error: { code: 'call_malformed', message: `the call \`${name}\` ${why}`, advice: '' } };
}
