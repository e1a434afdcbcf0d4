import { CONSOLE_CALLS, CONSOLE_NEWS } from '@sluice/console/desktop-bridge';
import { z } from 'zod';

/**
 * What the replay's page and the extension say to each other, beside what the page asks the relay (`fetch-port.ts` of the
 * console). The calls and news are the console's own, as of the desktop app.
 */

const names = Object.keys(CONSOLE_CALLS) as [keyof typeof CONSOLE_CALLS, ...(keyof typeof CONSOLE_CALLS)[]];

export const fromReplay = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('call'),
    id: z.int().nonnegative(),
    name: z.enum(names),
    input: z.unknown(),
  }),
  /** Another page of the console: for the browser. */
  z.strictObject({ type: z.literal('leave'), path: z.string().max(20_000) }),
]);

const trouble = z.strictObject({ code: z.string(), message: z.string(), advice: z.string() });

export const toReplay = z.discriminatedUnion('type', [
  /** Which session, and where in it: told once, when the page is ready. */
  z.strictObject({
    type: z.literal('open'),
    session: z.uuid(),
    at: z.int().nonnegative().nullable(),
    statement: z.uuid().nullable(),
  }),
  z.strictObject({
    type: z.literal('outcome'),
    id: z.int().nonnegative(),
    outcome: z.discriminatedUnion('ok', [
      z.strictObject({ ok: z.literal(true), value: z.unknown() }),
      z.strictObject({ ok: z.literal(false), error: trouble }),
    ]),
  }),
  z.strictObject({ type: z.literal('state'), news: CONSOLE_NEWS.state }),
  z.strictObject({ type: z.literal('live'), news: CONSOLE_NEWS.live }),
]);

export type FromReplay = z.infer<typeof fromReplay>;
export type ToReplay = z.infer<typeof toReplay>;
