import { type Row, same } from './asking.ts';

/** The console's pages hold nothing of anybody's: what they show, they ask the API for. */
export const consoleRows: Readonly<Record<string, Row>> = Object.fromEntries(
  ['/', '/console', '/console/*', '/console/assets/:name'].map((path): [string, Row] => [
    `GET ${path}`,
    {
      answers: { running: same('yes') },
      async ask({ url }) {
        const asked = path.replace('*', 'approvals').replace(':name', 'none.js');
        const answer = await fetch(new URL(asked, url), { redirect: 'manual' });
        const text = await answer.text();
        // Not built here, not there, or the page: the same for everybody.
        return [200, 302, 404, 503].includes(answer.status) && !text.includes('"code"') ? 'yes' : text;
      },
    },
  ]),
);
