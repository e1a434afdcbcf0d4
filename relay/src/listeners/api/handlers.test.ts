import { beforeEach, describe, expect, it } from 'vitest';
import { ada, NINE } from '../../approval/testing.ts';
import { approvalRoutes } from './approval-routes.ts';
import { breakGlassRoutes } from './break-glass-routes.ts';
import { checkpointRoutes } from './checkpoint-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { revocationRoutes } from './revocation-routes.ts';
import { AT, ID, kim, letIn, remembering, sam } from './testing.ts';

const { told, handlersOf, forget } = remembering();
beforeEach(forget);

describe('requests for approval', () => {
  const list = async (query: object) => {
    told.answers = { 'approvals.pending': [], 'approvals.ended': [] };
    const { list } = await handlersOf('approvals', approvalRoutes);
    return await list({ by: ada, query });
  };

  it('are those that wait', async () => {
    const body = { version: 1, cursor: 'cursor', approvals: [] };
    expect(await list({ state: 'pending', limit: 5 })).toEqual({ status: 200, body });
    expect(told.asked).toEqual([['approvals.pending', 'ada']]);
  });

  it('are those that ended: until now, or before a time', async () => {
    await list({ state: 'ended', limit: 5 });
    await list({ state: 'ended', limit: 6, before: '2026-11-20T08:00:00Z' });
    expect(told.asked).toEqual([
      ['approvals.ended', 'ada', NINE + 1, 5],
      ['approvals.ended', 'ada', NINE - 3_600_000, 6],
    ]);
  });
});

describe('break-glass', () => {
  const order = { reason: 'the shop is down', sql: 'SELECT 1', minutes: 7 };

  it('is opened for a text, in the database and schema that sessions begin with or in others', async () => {
    told.answers['openings.open'] = { id: ID, database: 'D', schema: null, until: NINE };
    const { open } = await handlersOf('breakGlass', breakGlassRoutes);
    const { status, body } = await open({ by: ada, body: order });
    expect([status, body]).toEqual([201, { version: 1, id: ID, database: 'D', schema: null, until: AT }]);
    await open({ by: ada, body: { ...order, database: null, schema: 'S' } });
    expect(told.asked).toEqual([
      ['openings.open', 'ada', { ...order, database: 'SHOP', schema: 'PUBLIC' }],
      ['openings.open', 'ada', { ...order, database: null, schema: 'S' }],
    ]);
  });

  it('is reviewed', async () => {
    told.answers = { 'reviews.list': ['one'], 'reviews.close': { id: ID } };
    const { reviews, close } = await handlersOf('breakGlass', breakGlassRoutes);
    expect(await reviews({ by: sam, query: { state: 'closed' } })).toEqual({
      status: 200,
      body: { version: 1, reviews: ['one'] },
    });
    expect(await close({ by: sam, params: { id: ID }, body: { comment: 'fine' } })).toEqual({
      status: 200,
      body: { id: ID },
    });
    expect(told.asked).toEqual([
      ['reviews.list', 'sam', 'closed'],
      ['reviews.close', 'sam', ID, 'fine'],
    ]);
  });
});

describe('checkpoints', () => {
  const point = (size: number) => ({ size, note: `n${size}` });

  it('are listed from the newest on, or below one', async () => {
    told.answers['checkpoints.list'] = [point(7)];
    const { list } = await handlersOf('checkpoints', checkpointRoutes);
    const { body } = await list({ query: { limit: 5 } });
    expect(body).toEqual({ version: 1, checkpoints: [point(7)] });
    await list({ query: { limit: 5, below: 7 } });
    expect(told.asked).toEqual([
      ['checkpoints.list', { limit: 5 }],
      ['checkpoints.list', { limit: 5, below: 7 }],
    ]);
  });

  it('are the newest, or the one over so many events and no other', async () => {
    told.answers['checkpoints.list'] = [point(7)];
    const { newest, read } = await handlersOf('checkpoints', checkpointRoutes);
    expect(await newest({})).toEqual({ status: 200, body: point(7) });
    expect(await read({ params: { size: 7 } })).toEqual({ status: 200, body: point(7) });
    await expect(read({ params: { size: 8 } })).rejects.toMatchObject({ code: 'checkpoint_unknown' });
    expect(told.asked).toEqual([
      ['checkpoints.list', { limit: 1 }],
      ['checkpoints.list', { below: 8, limit: 1 }],
      ['checkpoints.list', { below: 9, limit: 1 }],
    ]);
    told.answers['checkpoints.list'] = [];
    await expect(newest({})).rejects.toMatchObject({ code: 'checkpoint_unknown' });
  });

  it('are signed with keys that anybody may know', async () => {
    told.answers['checkpoints.keys'] = { signer: 'k' };
    const { keys } = await handlersOf('checkpoints', checkpointRoutes);
    expect(await keys({})).toEqual({ status: 200, body: { version: 1, signer: 'k' } });
  });

  it('are proven to go on from each other, and by which keys', async () => {
    told.answers['checkpoints.proof'] = ['ab'];
    told.answers['checkpoints.handovers'] = ['handed'];
    const { proof, handovers } = await handlersOf('checkpoints', checkpointRoutes);
    expect(await proof({ params: { size: 8 }, query: { from: 3 } })).toEqual({
      status: 200,
      body: { version: 1, from: 3, size: 8, proof: ['ab'] },
    });
    expect(await handovers({})).toEqual({ status: 200, body: { version: 1, handovers: ['handed'] } });
    expect(told.asked).toEqual([['checkpoints.proof', 3, 8], ['checkpoints.handovers']]);
  });

  it('are cosigned by devices of the caller that are in use', async () => {
    told.answers['devices.list'] = [
      { key: 'in use', revokedAt: null },
      { key: 'revoked', revokedAt: NINE },
    ];
    told.answers['checkpoints.cosign'] = point(7);
    const { cosign } = await handlersOf('checkpoints', checkpointRoutes);
    expect(await cosign({ by: ada, body: { version: 1, size: 7, line: 'l' } })).toMatchObject({
      status: 200,
    });
    expect(told.asked).toEqual([
      ['devices.list', ada.subject],
      ['checkpoints.cosign', { size: 7, line: 'l', devices: ['in use'] }],
    ]);
  });

  it('are taken by auditors and record keepers', async () => {
    const { take } = await handlersOf('checkpoints', checkpointRoutes);
    expect(await letIn((by) => take({ by }))).toEqual(['kim', 'tom']);
    expect(told.asked).toEqual([['checkpoints.take'], ['checkpoints.take']]);
  });
});

describe('devices', () => {
  const device = { key: 'k', name: 'laptop', enrolledAt: NINE, revokedAt: null };
  const request = { id: ID, owner: ada, enrolment: { key: 'aGk=', name: 'laptop' }, askedAt: NINE };

  it('are listed with when they were enrolled, and revoked', async () => {
    told.answers['devices.list'] = [device, { ...device, revokedAt: NINE }];
    const { list } = await handlersOf('devices', deviceRoutes);
    const { body } = await list({ by: ada });
    const shown = { key: 'k', name: 'laptop', enrolledAt: AT };
    expect(body).toEqual({
      version: 1,
      devices: [
        { ...shown, revokedAt: null },
        { ...shown, revokedAt: AT },
      ],
    });
  });

  it('are enrolled, or wait for somebody’s word', async () => {
    const { enrol, requests, vouch } = await handlersOf('devices', deviceRoutes);
    told.answers['devices.enrol'] = { outcome: 'enrolled', device };
    const enrolled = { key: 'k', name: 'laptop', enrolledAt: AT, revokedAt: null };
    expect(await enrol({ by: ada, body: { key: 'k' } })).toEqual({ status: 201, body: enrolled });
    told.answers = {
      'devices.enrol': { outcome: 'asked', request },
      'devices.requests': [request],
      'devices.vouch': device,
    };
    const waits = await enrol({ by: ada, body: { key: 'k' } });
    expect(waits).toMatchObject({
      status: 202,
      body: { id: ID, owner: { id: ada.id }, key: 'aGk=', name: 'laptop', askedAt: AT },
    });
    expect(waits.body).toHaveProperty('fingerprint', expect.stringMatching(/\w/));
    expect(await requests({ by: sam })).toEqual({
      status: 200,
      body: { version: 1, requests: [waits.body] },
    });
    expect(await vouch({ by: sam, params: { id: ID }, body: { comment: 'hers' } })).toEqual({
      status: 201,
      body: enrolled,
    });
    expect(told.asked.at(-1)).toEqual(['devices.vouch', 'sam', ID, 'hers']);
  });

  it('are repaired by record keepers, with their name and reason; or only looked at', async () => {
    const spoilt = { seq: 3, key: 'k', identity: ada.id, name: 'laptop' };
    told.answers = {
      'repair.preview': [{ ...spoilt, proof: 'p' }],
      'repair.repair': [{ ...spoilt, proof: 'p' }],
    };
    const { repair } = await handlersOf('devices', deviceRoutes);
    const body = { reason: 'twice', dryRun: true };
    expect(await letIn((by) => repair({ by, body }))).toEqual(['kim']);
    expect(told.asked).toEqual([['repair.preview']]);
    const done = await repair({ by: kim, body: { reason: 'twice', dryRun: false } });
    expect(done).toEqual({ status: 200, body: { version: 1, enrolments: [spoilt] } });
    expect(told.asked.at(-1)).toMatchObject(['repair.repair', { by: { id: kim.id }, reason: 'twice' }]);
  });
});

describe('revocations', () => {
  const targets = [
    [
      { type: 'subject', identity: ada.id },
      { type: 'subject', identity: ada.id },
    ],
    [
      { type: 'token', tokenId: 't' },
      { type: 'token', tokenId: 't' },
    ],
    [
      { type: 'issued_before', before: 9, identity: null },
      { type: 'issued_before', issuedBefore: 9_000, identity: null },
    ],
    [
      { type: 'issued_before', before: 9, identity: ada.id },
      { type: 'issued_before', issuedBefore: 9_000, identity: ada.id },
    ],
  ] as const;

  it.each(targets)('are made by the security groups: %j', async (target, expected) => {
    told.answers['revocations.revoke'] = { target: expected, reason: 'left', by: sam.id, at: NINE };
    const { add } = await handlersOf('revocations', revocationRoutes);
    const body = { target, reason: 'left' };
    expect(await letIn((by) => add({ by, body }))).toEqual(['sam']);
    expect(told.asked).toEqual([['revocations.revoke', { target: expected, reason: 'left', by: sam.id }]]);
    expect(await add({ by: sam, body })).toEqual({
      status: 201,
      body: { target, reason: 'left', by: sam.id, at: AT },
    });
  });

  it.each([
    { type: 'subject', identity: 'HTTPS://ID.example/|Ada' },
    { type: 'issued_before', before: 9, identity: 'https://id.EXAMPLE|ADA' },
  ] as const)('put out whoever is meant, however their id is spelt: %j', async (target) => {
    told.answers['revocations.revoke'] = {
      target: { ...targets[0][0] },
      reason: 'left',
      by: sam.id,
      at: NINE,
    };
    const { add } = await handlersOf('revocations', revocationRoutes);
    await add({ by: sam, body: { target, reason: 'left' } });
    expect(told.asked).toMatchObject([['revocations.revoke', { target: { identity: ada.id } }]]);
  });

  it('are seen by the security groups', async () => {
    told.answers['revocations.list'] = targets.map(([, target]) => ({
      target,
      reason: 'r',
      by: sam.id,
      at: NINE,
    }));
    const { list } = await handlersOf('revocations', revocationRoutes);
    expect(await letIn((by) => list({ by }))).toEqual(['sam']);
    expect((await list({ by: sam })).body).toEqual({
      version: 1,
      revocations: targets.map(([target]) => ({ target, reason: 'r', by: sam.id, at: AT })),
    });
  });
});
