import type { RecordedEvent } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { ada, person } from '../../approval/testing.ts';
import type { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import { createSessionAccess } from './session-access.ts';

const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const sam = person('sam', ['security']);
const tom = person('tom', ['auditors']);
const agent = person('tom', ['auditors'], { mayDecide: false });

describe('who may read a session', () => {
  const opened = { type: 'opened', identity: ada };
  const access = (...events: readonly object[]) => {
    const read: string[] = [];
    return {
      read,
      ...createSessionAccess({
        async *events(_session, after) {
          expect(after).toBe(-1);
          yield* events as readonly RecordedEvent[];
        },
        auditors: ['auditors'],
        onRead: async (who, session) => void read.push(`${who.subject} ${session}`),
      }),
    };
  };
  const may = async (who: Identity, ...events: readonly object[]) => {
    const { mustRead, read } = access(...events);
    const code = await mustRead(who, ID as never).then(
      () => 'yes',
      (error: SluiceError) => error.code,
    );
    return [code, read];
  };

  it('is who opened it, by its first event, to the letter', async () => {
    expect(await may(ada, { body: opened })).toEqual(['yes', []]);
    expect(await may(person('ADA'), { body: opened })).toEqual(['session_unknown', []]);
    expect(await may(sam, { body: opened })).toEqual(['session_unknown', []]);
    expect(await may(sam, { body: opened }, { body: { type: 'opened', identity: sam } })).toEqual([
      'session_unknown',
      [],
    ]);
    expect(await may(ada, { body: { type: 'statement', identity: ada } })).toEqual(['session_unknown', []]);
    // Without its body nobody knows whose it was; and what is not there is nobody's.
    expect(await may(ada, { seq: 0 })).toEqual(['session_unknown', []]);
    expect(await may(ada)).toEqual(['session_unknown', []]);
  });

  it('is an auditor, which is told of; of their own it is not', async () => {
    expect(await may(tom, { body: opened })).toEqual(['yes', [`tom ${ID}`]]);
    expect(await may(tom, { body: { type: 'opened', identity: tom } })).toEqual(['yes', []]);
    expect(access().isAuditor(tom)).toBe(true);
    expect(access().isAuditor(ada)).toBe(false);
    expect(access().isAuditor(agent)).toBe(false);
  });
});
