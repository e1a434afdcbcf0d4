import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient } from '../support/api.ts';
import { hasBrowser, openBrowser } from '../support/browser.ts';
import { runSignIn } from '../support/sign-in.ts';

describe.skipIf(!hasBrowser)('in a browser', () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo({ customers: 50 }), openBrowser()]);
  });
  afterAll(() => Promise.all([demo.close(), browser.close()]));

  it('a person signs in at an OIDC issuer, and the API takes the token', async () => {
    const token = await runSignIn(['--issuer', demo.issuer, '--scope', 'openid groups'], async (address) => {
      const page = await browser.newPage();
      await page.goto(address);
      await page.getByRole('button', { name: /^Grace/ }).click();
      await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    });
    expect(await apiClient(demo.relay.url, token).pending()).toEqual([]);
  });
});
