import { describe, expect, it, onTestFinished } from 'vitest';
import { apiClient } from '../support/api.ts';
import { hasBrowser } from '../support/browser.ts';
import { consoleWithApprovalTerm } from '../support/console-by-policy.ts';
import { openConsole, violationsIn } from '../support/console-page.ts';
import { connectDriver, errorOf } from '../support/driver.ts';

describe.skipIf(!hasBrowser)('where decisions have to be signed, a browser', () => {
  const at = consoleWithApprovalTerm('signed: true');

  it.each(['light', 'dark'] as const)(
    'says so, leads to the desktop app, and offers no decision, in the %s theme',
    async (colorScheme) => {
      const { page } = await openConsole(at.browser, at.place.url, 'Grace', { colorScheme, bypassCSP: true });
      onTestFinished(() => page.context().close());
      const ada = await connectDriver(at.place.url, await at.issuer.tokenFor('ada'));
      const update = errorOf(ada.run("UPDATE ORDERS SET STATUS = 'paid' WHERE ID = 7"));
      await page.getByRole('list', { name: 'Waiting' }).getByRole('link').click();
      await page
        .getByRole('heading', { name: 'This decision has to be signed on an enrolled device' })
        .waitFor();
      const link = page.getByRole('link', { name: 'Open it in the desktop app' });
      const id = new URL(page.url()).pathname.split('/').at(-1)!;
      expect(await link.getAttribute('href')).toBe(`sluice://request/${id}`);
      expect(await page.getByRole('button', { name: /^(Approve|Deny|Allow|Propose)/ }).count()).toBe(0);
      for (const key of ['a', 'd']) await page.keyboard.press(key);
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await violationsIn(page)).toEqual([]);

      // From the list it is refused, in words.
      await page.getByRole('link', { name: '← Inbox' }).click();
      await page.getByRole('checkbox').check();
      await page.keyboard.press('d');
      await page.getByRole('dialog').getByLabel('Reason').fill('no');
      await page.getByRole('dialog').getByRole('button', { name: 'Deny it' }).click();
      const failure = page.getByRole('alert').filter({ hasText: 'Could not be denied' });
      await failure.waitFor();
      expect(await failure.textContent()).toMatch(/sign/i);
      const grace = apiClient(at.place.url, await at.issuer.decidingTokenFor('grace'));
      expect((await grace.pending()).map(({ phase }) => phase)).toEqual(['asked']);
      await ada.close();
      await update;
    },
  );
});
