import { describe, expect, it, onTestFinished } from 'vitest';
import { apiClient } from '../support/api.ts';
import { hasBrowser } from '../support/browser.ts';
import { consoleWithApprovalTerm } from '../support/console-by-policy.ts';
import { openConsole, violationsIn } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('where the policy lets approvers allow for a while, the request’s page', () => {
  const at = consoleWithApprovalTerm('grant_up_to: 30m');

  it('gives a grant within its limits: the next statement of the shape runs, one that changes more rows does not', async () => {
    const { page, problems } = await openConsole(at.browser, at.place.url, 'Grace', { bypassCSP: true });
    onTestFinished(() => page.context().close());
    const ada = await connectDriver(at.place.url, await at.issuer.tokenFor('ada'));
    onTestFinished(() => ada.close());
    const update = ada.run("UPDATE ORDERS SET STATUS = 'packed' WHERE ID = 7");
    await page.getByRole('list', { name: 'Waiting' }).getByRole('link').click();
    const allow = page.getByRole('button', { name: GRANT });
    await expect.poll(() => allow.isEnabled()).toBe(true);
    await allow.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^The same statement, with any value/).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    const minutes = dialog.getByLabel('Minutes');
    // Longer than the policy lets it be, it is not sent.
    await minutes.fill('31');
    await dialog.getByRole('button', { name: GRANT }).press('Enter');
    await dialog.locator('input:invalid').waitFor();
    await minutes.fill('20');
    await dialog.getByLabel('Rows for each statement, at most').fill('1');
    await dialog.getByLabel('Rows for all of them together, at most').fill('1');
    await dialog.getByLabel('Comment').fill('packing day');
    await dialog.getByRole('button', { name: GRANT }).press('Enter');
    expect((await update).statement.getNumUpdatedRows()).toBe(1);

    const next = await ada.run("UPDATE ORDERS SET STATUS = 'sent' WHERE ID = 8");
    expect(next.statement.getNumUpdatedRows()).toBe(1);
    const grace = apiClient(at.place.url, await at.issuer.decidingTokenFor('grace'));
    expect(await grace.pending()).toEqual([]);
    // What the grant had rows for is used up.
    const beyond = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'sent' WHERE ID = 9"));
    await expect.poll(async () => (await grace.pending()).length).toBe(1);
    for (const request of await grace.pending()) await grace.decide(request, 'deny', 'enough for today');
    expect((await beyond)?.message).toContain('enough for today');
    expect(problems).toEqual([]);
  });
});

const GRANT = /^Allow for a while/;
