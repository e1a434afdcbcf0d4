import { randomBytes, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { summaryOf } from '../approval/index.ts';
import { type Identity, identityId } from '../identity/index.ts';
import { createLimits, limitsConfig } from '../limits/index.ts';
import { isSessionOpen } from '../recording/index.ts';
import type { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import { createSessions, type Session, type Sessions, type SessionSeals } from './index.ts';

export const HOUR = 3_600_000;

/** Where every session here begins, and with what. */
export const STATE = { database: 'DB', schema: 'S', warehouse: null, role: null };
export const CLIENT = {
  application: 'Go',
  version: '1',
  protocol: 'snowflake' as const,
  address: '::1',
  agent: null,
};

export interface TestSessionsOptions {
  readonly kept: Awaited<ReturnType<typeof openRecordedStore>>;
  readonly now: () => number;
  readonly seals?: SessionSeals;
  readonly limits?: z.input<typeof limitsConfig>;
  readonly onOpened?: (session: Session) => Promise<void>;
  readonly onEnding?: (session: Session) => void;
}

/** The sessions of a relay that has just started, and has nothing in memory. */
export function openTestSessions({
  kept,
  now,
  seals = kept.seals,
  limits = {},
  onOpened = async () => {},
  onEnding = () => {},
}: TestSessionsOptions): Sessions {
  return createSessions({
    store: kept.store,
    seals,
    isOpenOnRecord: async (id) => isSessionOpen(kept.store, kept.recorder.proof, id),
    places: createLimits({ config: limitsConfig.parse(limits), now, onExceeded: () => {} }).sessions,
    now,
    randomBytes,
    newId: randomUUID,
    async recordOpened(tx, session) {
      await onOpened(session);
      const { identity, client, state } = session;
      await tx.record(session.id, { type: 'opened', identity: summaryOf(identity), client, state });
    },
    onEnding: async (session) => onEnding(session),
    onError: (error) => {
      throw error;
    },
  });
}

/** An analyst, whose sign-in lasts so many milliseconds from then on. */
export function testIdentity(subject: string, issuedAt: number, lastsMs = 10 * HOUR): Identity {
  return {
    id: identityId('i', subject),
    issuer: 'i',
    subject,
    name: subject,
    person: {},
    groups: ['analysts'],
    kind: 'person',
    tokenId: 'jti',
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt,
    expiresAt: issuedAt + lastsMs,
  };
}
