import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { relayConfig } from '../config.ts';
import { identityId, type SignInSeen } from '../identity/index.ts';
import { filesIn } from '../composition/files.ts';
import { loadPolicy } from '../policy/index.ts';
import { openKnownPeople } from '../identity/known-people.ts';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import { person } from '../approval/testing.ts';
import { doctorCommand } from './doctor.ts';
import { whoCanDecide } from './who-can-decide.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const policy = loadPolicy('version: 1\nsign_in: { acr: [phr] }\nrules: []').policy!;
const decides = { deciding: { scope: 'sluice:decide' } };
const seen = (change: Partial<SignInSeen> = {}): SignInSeen => ({
  issuer: A,
  forDeciding: true,
  lacks: [],
  saysWhen: true,
  acr: 'phr',
  ...change,
});

function found(
  issuers: readonly object[],
  more: { readonly seen?: readonly SignInSeen[]; readonly config?: object } = {},
) {
  const config = relayConfig.parse({
    listen: {},
    data: 'data',
    policy: 'policy.yaml',
    identity: { issuers: issuers.map((issuer) => ({ issuer: A, audience: 'sluice', ...issuer })) },
    warehouse: { type: 'embedded' },
    groups: { security: ['security'] },
    ...more.config,
  });
  const findings = whoCanDecide(config, policy, more.seen ?? []);
  return findings.flatMap(({ problem }) => problem ?? []).map((text) => text.slice(0, 60));
}

it('finds nothing where everything is there', () => {
  const employee = { claims: { kind: 'person', personClaims: { employee: 'nr' } } };
  expect(found([decides], { seen: [seen()] })).toEqual([]);
  expect(
    found([
      { ...decides, ...employee },
      { issuer: B, ...decides, ...employee },
    ]),
  ).toEqual([]);
});

it('says who cannot decide, whom nobody can tell apart, and what is to be done', () => {
  expect(found([{}])).toEqual(['nobody can decide on anything; say how its tokens to decide ']);
  expect(found([{}, { issuer: B, ...decides }])).toEqual([
    'nobody of it may decide; if they should, say how its tokens ',
  ]);
  const corp = { ...decides, claims: { kind: 'person', personClaims: { corp: 'sub' } } };
  expect(found([decides, { issuer: B, ...corp }])).toEqual([
    'nothing that they say of people is comparable, so nobody of ',
  ]);
  const integrations = [{ name: 't', secret: `whsec_${'A'.repeat(40)}`, groups: [] }];
  expect(found([corp], { config: { integrations } })).toEqual([
    'they name people by e-mail address, which these tokens are n',
  ]);
  expect(found([decides], { config: { groups: {} } })).toEqual([
    'nobody can enrol a first one: name the people who vouch for ',
  ]);
});

it('says what tokens have really lacked', () => {
  expect(found([decides], { seen: [seen({ lacks: ['email'] }), seen()] })).toEqual([
    'missing in 1 of 2 that were seen, and votes of and on these ',
  ]);
  expect(found([decides], { seen: [seen({ saysWhen: false }), seen()] })).toEqual([
    '`auth_time` is missing in 1 of 2 that were seen, and these d',
  ]);
  expect(found([decides], { seen: [seen({ acr: 'pwd' }), seen({ acr: null })] })).toEqual([
    '`acr` is not what the policy takes in 2 of 2 that were seen ',
  ]);
  // To run SQL, nobody has to have signed in lately, or in any way.
  expect(found([decides], { seen: [seen({ forDeciding: false, saysWhen: false, acr: null })] })).toEqual([]);
  expect(found([decides], { seen: [seen({ issuer: B, lacks: ['email'] })] })).toEqual([]);
});

it('goes by what is in the store', async () => {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sluice.yaml');
  writeFileSync(join(folder, 'policy.yaml'), 'version: 1\nrules: []\n');
  const issuers = [{ issuer: A, audience: 'sluice', jwksUri: 'http://127.0.0.1:1/', ...decides }];
  const config = { listen: { port: 0 }, data: '.', policy: 'policy.yaml', identity: { issuers } };
  writeFileSync(
    file,
    JSON.stringify({ ...config, warehouse: { type: 'embedded' }, groups: { security: ['s'] } }),
  );
  const { store, relaySession, notices, close } = await openRecordedStore(filesIn(folder).database);
  const people = await openKnownPeople({ store, relaySession, notices });
  const ada = person('ada', [], { issuer: A, id: identityId(A, 'ada'), email: null, signedInAt: null });
  await people.note(ada);
  await close();
  const printed: string[] = [];
  expect(await doctorCommand({ config: file, json: false }, (text) => printed.push(text))).toBe(1);
  expect(printed.join('\n')).toMatch(
    /✗ verified e-mail addresses in tokens of https:\/\/a.example: missing in 1 of 1/,
  );
  expect(printed.join('\n')).toMatch(/✗ sign-in times in tokens of .*`auth_time` is missing in 1 of 1/);
  expect(printed.join('\n')).toContain(`✓ deciding by people of ${A}`);

  const lines: string[] = [];
  expect(await doctorCommand({ config: file, json: true }, (text) => lines.push(text))).toBe(1);
  const findings = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(findings).toHaveLength(printed.length);
  expect(findings).toContainEqual({ what: 'configuration', problem: null, accepted: false });
  expect(findings).toContainEqual({
    what: expect.stringContaining('sign-in times'),
    problem: expect.stringContaining('missing in 1 of 1'),
    accepted: false,
  });
});
