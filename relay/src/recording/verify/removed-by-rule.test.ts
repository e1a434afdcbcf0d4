import { expect, it } from 'vitest';
import { removedByRule } from './removed-by-rule.ts';

it('counts what a redaction lists twice once', () => {
  const removed = removedByRule();
  const payload = 'ab'.repeat(32);
  removed.add({ type: 'redacted', rule: 'a-year', events: [1, 2, 1], payloads: [payload, payload] });
  removed.add({ type: 'redacted', rule: 'a-year', events: [3], payloads: [] });
  expect(removed.list()).toMatchObject([{ rule: 'a-year', bodies: 3, payloads: 1 }]);
});
