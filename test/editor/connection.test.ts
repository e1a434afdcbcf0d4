import { createRelayClient, type RelayClient } from '@sluice/contract';
import { type Demo, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { identityId } from '@sluice/relay/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { signIn, statusBar } from './sign-in.ts';

/** Tokens are good for so long: short enough to be waited for, and long enough for what a busy machine does with one. */
const TOKEN_SECONDS = 20;
/** It is tried again ever less often. */
const PATIENCE_MS = 120_000;

describe.skipIf(!hasEditor)('what becomes of a sign-in in the editor', () => {
  const folder = temporaryFolder();
  let issuer: LocalIssuer;
  let place: RelayPlace;
  let relay: Relay | null = null;
  let editor: Editor;
  let alan: RelayClient;
  let grace: RelayClient;
  let signedInAt: number;
  const up = async () => {
    relay = await place.start(() => {});
  };
  const down = async () => {
    await relay?.close();
    relay = null;
  };
  beforeAll(async () => {
    issuer = await startLocalIssuer({ people: demoPeople, port: 0, tokenSeconds: TOKEN_SECONDS });
    place = await relayPlace(folder, issuer, undefined, {
      groups: { security: ['security'] },
      // A token that has ended has ended.
      identity: { issuers: [issuer.trusted], clockTolerance: 0 },
    });
    await up();
    editor = await openEditor({ demo: demoOf(issuer, relay!, folder) });
    await signIn(editor, 'ada', place.url);
    signedInAt = Date.now();
    alan = createRelayClient({ url: place.url, token: await issuer.decidingTokenFor('alan') });
    grace = createRelayClient({ url: place.url, token: await issuer.decidingTokenFor('grace') });
  });
  afterAll(async () => {
    await editor?.close();
    await down();
    await issuer?.close();
  });

  /** As an agent asks: what comes back, or why nothing does. */
  const listTables = async () =>
    await editor.inHost(async (api) => {
      const token = new api.CancellationTokenSource().token;
      const asked = { input: {}, toolInvocationToken: undefined };
      try {
        const { content } = await api.lm.invokeTool('sluice_list_tables', asked, token);
        return content.map((part) => (part as { value?: string }).value ?? '').join('');
      } catch (error) {
        return (error as Error).message;
      }
    });
  const status = () => editor.page.locator('[id="sluice.sluice.sluice.status"]');
  /** What the status bar says to a screen reader. */
  const said = async () => (await status().locator('[aria-label]').first().getAttribute('aria-label')) ?? '';
  /** A statement of the editor's that waits for people. */
  const held = async () => {
    await editor.inHost(
      (api) =>
        void api.commands.executeCommand('sluice.results.run', {
          sql: "UPDATE ORDERS SET STATUS = 'kept' WHERE ID = 1",
        }),
    );
    await expect.poll(async () => (await grace.approvals.list()).approvals.length).toBe(1);
    return (await grace.approvals.list()).approvals[0]!.id;
  };
  const phaseOf = async (id: string) => (await grace.approvals.read({ params: { id } })).summary.phase;

  it('is renewed in place when its token ends: nobody is asked, and what is asked of the relay goes on', async () => {
    expect(await listTables()).toContain('SHOP.PUBLIC.CUSTOMERS');
    await expect
      .poll(() => Date.now() - signedInAt, { timeout: 60_000 })
      .toBeGreaterThan(TOKEN_SECONDS * 1_000);
    expect(await listTables()).toContain('SHOP.PUBLIC.CUSTOMERS');
    expect(await statusBar(editor)).toContain('ada');
    expect(await editor.page.locator('.monaco-dialog-box').count()).toBe(0);
  });

  it('outlasts a relay that is down: that is said, and it is there again by itself', async () => {
    await expect.poll(said).toMatch(/^Sluice: connected,/);
    await down();
    await expect.poll(said).toMatch(/^Sluice: offline,/);
    expect(await listTables()).toMatch(/does not answer|not reached|unreachable/);
    await up();
    await expect.poll(said, { timeout: PATIENCE_MS }).toMatch(/^Sluice: connected,/);
    expect(await listTables()).toContain('SHOP.PUBLIC.CUSTOMERS');
  });

  it('ends with what is open when its person signs out: a statement that waits waits no more', async () => {
    const id = await held();
    await editor.inHost((api) => void api.commands.executeCommand('sluice.signOut'));
    await expect.poll(() => phaseOf(id)).toBe('cancelled');
    await expect.poll(() => statusBar(editor)).toContain('Sluice: sign in');
    expect(await listTables()).toContain('nobody is signed in');
  });

  it('ends at once when its person is revoked, whatever the token says, and what they sent waits no more', async () => {
    await signIn(editor, 'ada', place.url);
    const id = await held();
    await alan.revocations.add({
      body: {
        target: { type: 'subject', identity: identityId(issuer.issuer, 'ada') },
        reason: 'left the company',
      },
    });
    await expect.poll(() => phaseOf(id)).toBe('cancelled');
    await expect.poll(said).toMatch(/not let in|sign in/);
    expect(await listTables()).not.toContain('SHOP.PUBLIC.CUSTOMERS');
  });
});

/** What an editor is opened beside: a relay that can be stopped and started again, in place of the demo's. */
function demoOf({ issuer, tokenFor, decidingTokenFor }: LocalIssuer, relay: Relay, data: string): Demo {
  const idOf = (subject: string) => identityId(issuer, subject);
  return { relay, issuer, data, people: demoPeople, tokenFor, decidingTokenFor, idOf, close: async () => {} };
}
