import { attemptReport } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createFindingsIndex } from '../scan/findings-index.ts';
import { consentFor } from './consent.ts';
import { countsOf, reportOf } from './counts.ts';

const SECRET = 'Tr0ub4dor-and-3';

describe('what is sent', () => {
  const index = createFindingsIndex({ relays: () => [], ignored: () => [] });
  index.look('acme/billing/.env', `SNOWFLAKE_ACCOUNT=acme-prod\nSNOWFLAKE_PASSWORD=${SECRET}\n`);
  index.look(
    'load.py',
    'import snowflake.connector\nsnowflake.connector.connect(account="acme-prod", authenticator="externalbrowser")\n',
  );
  index.look('old.env', `# sluice:ignore a user of the emulator\nSNOWFLAKE_PASSWORD=${SECRET}\n`);
  const report = reportOf(
    countsOf(index.all()),
    'a4b6c1de-0000-4000-8000-000000000000',
    '2026-11-22T12:00:00.000Z',
  );

  it('is counts, as the relay takes them', () => {
    expect(attemptReport.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      kind: 'found',
      evidence: 'secrets: 1, keys: 0, direct connections: 1, MCP servers: 0, ignored: 1',
      excerpt: '',
      conversation: null,
    });
  });

  it('holds no value, name or path', () => {
    const text = JSON.stringify([report, index.all()]);
    expect(text).not.toContain(SECRET);
    expect(JSON.stringify(report)).not.toMatch(/acme|billing|env|load|PASSWORD/);
  });
});

describe('consent', () => {
  const agreed = {
    setting: 'always',
    wasAsked: true,
    isTrusted: true,
    isSignedIn: true,
    hasFindings: true,
  } as const;

  it('is a clear yes of the person, in a trusted workspace, with a relay to send to', () => {
    expect(consentFor(agreed)).toBe('send');
  });

  it.each([
    ['never', { setting: 'never' }],
    ['nothing that is known', { setting: 'ALWAYS' }],
    ['nothing at all', { setting: undefined }],
    ['asked before, and not answered', { setting: 'ask' }],
    ['an untrusted workspace', { isTrusted: false }],
    ['nobody who is signed in', { isSignedIn: false }],
    ['nothing to ask about', { setting: 'ask', wasAsked: false, hasFindings: false }],
    ['an untrusted workspace that was not asked', { setting: 'ask', wasAsked: false, isTrusted: false }],
  ])('is not: %s', (_name, but) => {
    expect(consentFor({ ...agreed, ...but })).toBe('silent');
  });

  it('is asked for once', () => {
    expect(consentFor({ ...agreed, setting: 'ask', wasAsked: false })).toBe('ask');
  });
});
