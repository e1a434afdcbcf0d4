import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClient } from '../support/api.ts';
import { violationsInFrame, webviewWith } from './in-webview.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { type SignedIn, signedInEditor } from './signed-in-editor.ts';

const openView = async ({ page }: Editor) => {
  await page.locator('.activitybar .action-label[aria-label^="Sluice"]').first().click();
};

describe.skipIf(!hasEditor)('the sessions view', () => {
  let signedIn: SignedIn;
  let ada: ReturnType<typeof apiClient>;
  beforeAll(async () => {
    signedIn = await signedInEditor();
    ada = apiClient(signedIn.demo.relay.url, await signedIn.demo.tokenFor('ada'));
    await openView(signedIn.editor);
  });
  afterAll(() => signedIn?.close());

  const line = (name: string | RegExp) => signedIn.editor.page.getByRole('treeitem', { name });
  const ask = async (sql: string) =>
    await ada.post('/api/statements', { sql, prompt: 'who are they?', agent: 'GitHub Copilot', wait: 5 });

  it('says what to do while nothing is recorded', async () => {
    const view = signedIn.editor.page.locator('.pane-body', { hasText: 'Nothing is recorded of you yet' });
    await expect.poll(() => view.getByRole('button', { name: 'Open a SQL File' }).count()).toBe(1);
  });

  it('shows what is recorded as it is recorded, whichever program sent it', async () => {
    await ask('SELECT ID, CARD_NUMBER FROM CUSTOMERS ORDER BY ID');
    await expect.poll(() => line(/GitHub Copilot.*1 statement, 1 masked/).count()).toBe(1);
  });

  it('shows a request that waits, with how long it can and how many agreed', async () => {
    await ask('DELETE FROM PAYMENTS WHERE AMOUNT < 0');
    await expect.poll(() => line(/^\d+ min left · 0 of 1 agreed: \S+/).count()).toBe(1);
    const badge = signedIn.editor.page.locator('.activitybar .badge-content', { hasText: '1' });
    await badge.first().waitFor();
  });

  it('withdraws it, once the person has said so', async () => {
    const request = line(/min left · 0 of 1/);
    await request.hover();
    await request.getByRole('button', { name: /Withdraw Request/ }).click();
    const dialog = signedIn.editor.page.locator('.monaco-dialog-box');
    expect(await dialog.innerText()).toContain('The statement does not run');
    await dialog.getByRole('button', { name: 'Withdraw' }).click();
    await request.waitFor({ state: 'detached' });
    const grace = apiClient(signedIn.demo.relay.url, await signedIn.demo.decidingTokenFor('grace'));
    expect(await grace.pending()).toEqual([]);
  });

  it('opens the console’s replay in a tab, which plays, with masked cells as they were returned', async () => {
    const { page } = signedIn.editor;
    const problems: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text());
    });
    await line(/GitHub Copilot/).click();
    const frame = await webviewWith(page, '.replay');
    const result = frame
      .getByText(/masked$/)
      .filter({ hasText: /rows/ })
      .first();
    await result.click();
    await frame.locator('.grid-masked').first().waitFor();
    expect(await frame.locator('.grid-masked').first().innerText()).toMatch(/\*{4}/);
    // What a token that runs SQL may not do is not offered.
    expect(await frame.getByRole('button', { name: /Check the proof|Download|Keep/ }).count()).toBe(0);
    await frame.locator('.replay').press('Home');
    const place = frame.getByText(/^\d+ of \d+$/);
    await expect.poll(() => place.innerText()).toMatch(/^1 of /);
    await frame.getByRole('button', { name: /^Play/ }).click();
    await expect.poll(async () => Number.parseInt(await place.innerText(), 10)).toBeGreaterThan(2);
    expect(await violationsInFrame(frame)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('gives the replay’s page no token, and no way to anything but what a replay reads', async () => {
    const frame = await webviewWith(signedIn.editor.page, '.replay');
    const policy = await frame.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-[^']+'; worker-src blob:;/,
    );
    expect(policy).not.toMatch(/unsafe|http|\*|data:|connect-src/);
    const url = `${signedIn.demo.relay.url}/api/about`;
    const reached = await frame.evaluate<boolean>(
      `fetch(${JSON.stringify(url)}).then(() => true, () => false)`,
    );
    expect(reached).toBe(false);
  });

  it('follows a session that goes on', async () => {
    const frame = await webviewWith(signedIn.editor.page, '.replay');
    const before = await frame.getByText(/^\d+ of \d+$/).innerText();
    await ask('SELECT COUNT(*) FROM ORDERS');
    await expect.poll(() => frame.getByText(/^\d+ of \d+$/).innerText()).not.toBe(before);
  });
});

describe.skipIf(!hasEditor)('the sessions view of nobody', () => {
  it('asks to sign in', async () => {
    const editor = await openEditor();
    try {
      await openView(editor);
      const button = editor.page.getByRole('button', { name: 'Sign In', exact: true }).first();
      await expect.poll(() => button.isVisible()).toBe(true);
    } finally {
      await editor.close();
    }
  });
});
