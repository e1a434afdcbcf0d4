import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { canonicalJson, enrolmentBytes, type EventBody } from '@sluice/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { person } from '../../relay/src/approval/testing.ts';
import { openRecordedClassification } from '../../relay/src/classification/index.ts';
import type { SluiceError } from '../../relay/src/errors.ts';
import { createRevocations, type Identity } from '../../relay/src/identity/index.ts';
import type { TaggedColumn } from '../../relay/src/policy/index.ts';
import { openRelayNotices } from '../../relay/src/recording/index.ts';
import { bodyDigest, eventHash } from '../../relay/src/recording/log/seal-event.ts';
import { newSession } from '../../relay/src/recording/testing/open-test-record.ts';
import { type Forger, startForger } from '../support/forger.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

/** Somebody who writes to the database, and has no key of the relays: takes away what they would rather not have there. */
const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const [ada, olga] = [person('ada', ['analysts']), person('olga', ['security'])];
/** The same person's other account. */
const otherAda: Identity = { ...person('ada.l', ['analysts']), person: { employee: '17' } };
const adasFirst: Identity = { ...ada, person: { employee: '17' } };
const column = {
  object: { database: 'SHOP', schema: 'SCRATCH', name: 'COPY' },
  column: 'X',
};
const tagged: TaggedColumn = { column, tag: { tag: 'pii.email', path: ['a'] } };

describe.each(['SQLite', 'PostgreSQL'])('on %s, after a restart,', (kind) => {
  let at: Forger;
  let errors: string[];
  beforeEach(async ({ skip }) => {
    if (kind === 'PostgreSQL' && programs === null) skip('PostgreSQL is not installed here');
    at = await startForger(kind === 'PostgreSQL' ? postgres : null);
    errors = [];
  });

  /** What a relay that starts now goes by. */
  const relay = async () => {
    const { relaySession, proof, contradict } = at.recorder();
    const { store } = at.desk();
    const notices = await openRelayNotices({ store, proof, relaySession, onFound: contradict });
    const onError = (error: unknown) => void errors.push((error as SluiceError).message);
    const revocations = await createRevocations({
      store,
      relaySession,
      notices,
      onError,
      now: () => at.clock.now,
      clockToleranceMs: 0,
    });
    const classification = await openRecordedClassification({ store, relaySession, notices });
    const isOut = (who: Identity) => {
      try {
        revocations.check(who);
        return false;
      } catch {
        return true;
      }
    };
    return { store, revocations, classification, isOut };
  };
  const revokeAda = async () => {
    const { revocations } = await relay();
    const target = { type: 'subject', identity: ada.id } as const;
    await revocations.revoke({ target, reason: 'left', by: olga.id });
  };
  const refusal = async () => {
    try {
      await at.restart();
      await relay();
      return 'started';
    } catch (error) {
      return (error as SluiceError).code;
    }
  };

  it.each(['DELETE FROM revocation', "UPDATE revocation SET target = replace(target, 'ada', 'eve')"])(
    'nobody comes back by: %s',
    async (attack) => {
      await revokeAda();
      await at.run(attack);
      await at.restart();
      const { isOut, revocations } = await relay();
      expect(isOut(ada)).toBe(true);
      expect(revocations.list()).toContainEqual(expect.objectContaining({ reason: 'left', by: olga.id }));
      expect(errors.join()).toContain('lacks a revocation that is on the record');
    },
  );

  it('nobody comes back as their other account', async () => {
    const { revocations } = await relay();
    await revocations.note(adasFirst);
    await revokeAda();
    await at.run('DELETE FROM known_name');
    await at.run('DELETE FROM known_identity');
    await at.restart();
    expect((await relay()).isOut(otherAda)).toBe(true);
  });

  it('a name that only the database has, of an earlier version, is on the record from then on', async () => {
    const { store } = await relay();
    const { id, issuer, subject } = ada;
    const account = { id, issuer, subject, forDeciding: false, said: '{}' };
    await store.transaction((tx) => tx.people.note(account, [JSON.stringify(['employee', '17'])]));
    await at.restart();
    await relay();
    await at.run('DELETE FROM known_name');
    await at.restart();
    await revokeAda();
    expect((await relay()).isOut(otherAda)).toBe(true);
  });

  it.each(['as it was tagged', 'as an earlier version tagged it'])(
    'a column stays tagged, %s',
    async (how) => {
      const { store, classification } = await relay();
      if (how === 'as it was tagged')
        await store.transaction((tx) =>
          classification.add(tx, [tagged, { column, tag: { tag: 'pii.name' } }]),
        );
      else {
        await store.transaction((tx) => tx.tags.add([tagged, { column, tag: { tag: 'pii.name' } }], 'flow'));
        await at.restart();
        await relay();
      }
      await at.run('DELETE FROM column_tag');
      await at.restart();
      const { tags } = (await relay()).classification;
      expect(tags.tagsOf(column)).toEqual([tagged.tag, { tag: 'pii.name' }]);
    },
  );

  it.each([
    ['the event that says so', 'position = $AT'],
    ['it and every event after it', 'position >= $AT'],
    ['it and what follows it in its session', "session = '$SESSION' AND position >= $AT"],
  ])('a relay does not start without %s', async (_, which) => {
    await revokeAda();
    const place = await at.newestPosition();
    await at.recorder().checkpoint();
    const { relaySession } = at.recorder();
    const where = which.replace('$AT', String(place)).replace('$SESSION', relaySession);
    await at.run('DELETE FROM revocation');
    await at.run(`DELETE FROM recorded_event WHERE ${where}`);
    expect(await refusal()).toBe('record_contradicted');
  });

  describe('far back in what was signed', () => {
    /** Beyond what a start reads again. @returns where it was said that she is out. */
    const longAgo = async (saidSince: number) => {
      await revokeAda();
      const place = await at.newestPosition();
      const { append, checkpoint, relaySession } = at.recorder();
      const notice = { type: 'notice', what: 'much', detail: {} } as const;
      for (let i = 0; i < saidSince; i += 1) await append(relaySession, notice);
      for (let i = 0; i < 600; i += 1) await append(newSession(), notice);
      await checkpoint();
      await at.run('DELETE FROM revocation');
      return place;
    };

    it.each([
      ['the last thing that was said', 0],
      ['one of several', 2],
    ])('a relay misses %s', async (_, saidSince) => {
      const place = await longAgo(saidSince);
      await at.run(`DELETE FROM recorded_event WHERE position = ${place}`);
      expect(await refusal()).toBe('record_contradicted');
    });

    it('a relay believes no other body under the hash that was recorded', async () => {
      const place = await longAgo(2);
      await at.run(`UPDATE recorded_event SET body = replace(body, 'ada', 'eve') WHERE position = ${place}`);
      expect(await refusal()).toBe('record_contradicted');
    });

    it.each([0, 2])(
      'a relay believes nothing else, with every hash right, %s events before the last',
      async (saidSince) => {
        const place = await longAgo(saidSince);
        const rows = await at.run(`SELECT * FROM recorded_event WHERE position >= ${place}
        AND session = '${at.recorder().relaySession}' ORDER BY seq`);
        let previous = String(rows[0]!['previous']);
        for (const row of rows) {
          const place = { session: String(row['session']), seq: Number(row['seq']), at: String(row['at']) };
          const body = JSON.parse(String(row['body']).replace('ada', 'eve')) as EventBody;
          const digest = bodyDigest(body, String(row['salt']));
          const hash = eventHash({ ...place, type: body.type, bodyDigest: digest, previous });
          await at.run(`UPDATE recorded_event SET body = '${canonicalJson(body)}', body_digest = '${digest}',
          previous = '${previous}', hash = '${hash}' WHERE position = ${String(row['position'])}`);
          previous = hash;
        }
        expect(await refusal()).toBe('record_contradicted');
      },
    );
  });

  describe('a request for a device', () => {
    const newRequest = (owner: Identity) => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      const made = new Date(at.clock.now).toISOString();
      const proof = sign(null, enrolmentBytes({ identity: owner.id, key, at: made }), privateKey);
      return { key, name: 'laptop', at: made, proof: proof.toString('base64'), vouchedBy: null };
    };
    const asked = async (owner: Identity) => {
      // The first one is there: the next has to wait.
      await at.desk().devices.enrol(owner, newRequest(owner));
      const waits = await at.desk().devices.enrol(owner, newRequest(owner));
      if (waits.outcome !== 'waits') throw new Error('it does not wait');
      return waits.request;
    };

    it('is vouched for as it was made', async () => {
      const { id } = await asked(ada);
      await at.restart();
      expect(await at.desk().devices.requests(olga)).toMatchObject([{ id }]);
      await at.desk().devices.vouch(olga, id, 'we spoke');
      expect(at.refused).toEqual([]);
    });

    it.each(['nobody made', 'somebody made otherwise'])(
      'that %s is not shown, nor vouched for',
      async (how) => {
        const { id } = await asked(how === 'nobody made' ? ada : { ...olga, person: { employee: '3' } });
        await at.restart();
        const row = await at.rowOf('device_request', id);
        const forged = { ...row.content, id: randomUUID(), enrolment: newRequest(ada) };
        if (how === 'nobody made') await at.add('device_request', { ...row, id: forged.id, content: forged });
        // So that nobody sees that it is the same person.
        else await at.change('device_request', id, {}, { owner: { ...ada, person: {} } });
        const wanted = how === 'nobody made' ? forged.id : id;
        const { devices } = at.desk();
        expect((await devices.requests(olga)).map((request) => request.id)).not.toContain(wanted);
        await expect(devices.vouch(olga, wanted, 'we spoke')).rejects.toMatchObject({
          code: 'approval_unknown',
        });
        expect(at.refused).toContain('device_refused');
      },
    );
  });
});
