import type { BridgeCalls, Outcome } from '@sluice/console/desktop-bridge';
import type { z } from 'zod';
import type { CallEvent, MainIpc } from '../electron.ts';
import { troubleOf } from '../relays/trouble.ts';
import { channelOf, type Face } from './schema.ts';

export type Handlers<Calls extends BridgeCalls, Caller> = {
  readonly [Name in keyof Calls]: (
    input: z.infer<Calls[Name]['input']>,
    caller: Caller,
  ) => Promise<z.infer<Calls[Name]['output']>>;
};

/**
 * The main process's end: answers the calls of a face. A call is taken only from a frame that `callerOf` knows, and only as
 * the table has it; so is the answer. Nothing is thrown at a page: an error is an answer with a code and advice.
 */
export function serveCalls<Calls extends BridgeCalls, Caller>(
  ipcMain: MainIpc,
  face: Face,
  calls: Calls,
  callerOf: (event: CallEvent) => Caller | null,
  handlers: Handlers<Calls, Caller>,
): void {
  for (const name of Object.keys(calls)) {
    const { input, output } = calls[name]!;
    ipcMain.handle(channelOf(face, 'call', name), async (event, sent): Promise<Outcome<unknown>> => {
      const caller = callerOf(event);
      if (caller === null) return refused('caller_refused', 'this page may not ask the app for this');
      const given = input.safeParse(sent);
      if (!given.success) return refused('call_malformed', `the call \`${name}\` is malformed`);
      try {
        const answer = await handlers[name]!(given.data as never, caller);
        return { ok: true, value: output.parse(answer) };
      } catch (thrown) {
        const { code, message, advice } = troubleOf(thrown);
        return { ok: false, error: { code, message, advice } };
      }
    });
  }
}

function refused(code: string, message: string): Outcome<never> {
  return { ok: false, error: { code, message, advice: '' } };
}
