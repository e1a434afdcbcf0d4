import { describe, expect, it, onTestFinished } from 'vitest';
import { apiClient } from '../support/api.ts';
import { hasBrowser } from '../support/browser.ts';
import { consoleWithApprovalTerm } from '../support/console-by-policy.ts';
import { openConsole } from '../support/console-page.ts';
import { connectDriver } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('where two people have to agree, the console', () => {
  const at = consoleWithApprovalTerm('needed: 2');

  it('says how many have, live, and has it run when the second does; whoever wants less motion sees none', async () => {
    const { page, problems } = await openConsole(at.browser, at.place.url, 'Grace', {
      reducedMotion: 'reduce',
    });
    onTestFinished(() => page.context().close());
    const ada = await connectDriver(at.place.url, await at.issuer.tokenFor('ada'));
    onTestFinished(() => ada.close());
    const update = ada.run("UPDATE ORDERS SET STATUS = 'packed' WHERE ID = 7");
    await page.getByRole('list', { name: 'Waiting' }).getByText('0 of 2').waitFor();
    await page.getByRole('list', { name: 'Waiting' }).getByRole('link').click();
    await page.getByRole('heading', { name: 'Decisions so far: 0 of 2' }).waitFor();

    const alan = apiClient(at.place.url, await at.issuer.decidingTokenFor('alan'));
    const [request] = await alan.pending();
    await alan.decide(request!, 'approve', 'fine by me');
    await page.getByRole('heading', { name: 'Decisions so far: 1 of 2' }).waitFor();
    await page.getByText('fine by me').waitFor();

    const approve = page.getByRole('button', { name: 'Approve once' });
    await expect.poll(() => approve.isEnabled()).toBe(true);
    await approve.press('Enter');
    await page.getByRole('dialog').getByLabel('Comment').fill('and by me');
    expect(await page.evaluate<string[]>(MOTION)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Approve once' }).press('Enter');
    expect((await update).statement.getNumUpdatedRows()).toBe(1);
    expect(problems).toEqual([]);
  });
});

/** What moves for longer than anybody could see. */
const MOTION = `[...document.querySelectorAll('*')].flatMap((element) => {
  const { animationDuration, transitionDuration } = getComputedStyle(element);
  const isSeen = [animationDuration, transitionDuration].join(',').split(',').some((time) => parseFloat(time) > 0.001);
  return isSeen ? [element.className + ': ' + animationDuration + ' ' + transitionDuration] : [];
})`;
