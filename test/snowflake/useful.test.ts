import { afterAll, beforeAll, expect, it } from 'vitest';
import { everydayQuestions } from '../worlds/questions/index.ts';
import { evade, type View } from '../evasions/evade.ts';
import { type ApiClient, apiClient } from '../support/api.ts';
import { relayBeforeRelay } from './relay-before-relay.ts';

let relays: Awaited<ReturnType<typeof relayBeforeRelay>>;
let ada: ApiClient;
beforeAll(async () => {
  relays = await relayBeforeRelay();
  ada = apiClient(relays.outer.url, await relays.tokenFor('ada'));
}, 120_000);
afterAll(() => relays.close());

/**
 * Everyday questions that need no masked value, on the client's own text. Of the ten that are not answered, four are let through
 * elsewhere because of a primary key, which Snowflake does not enforce, and four ask INFORMATION_SCHEMA, which the relay in the
 * account's place does not list itself in.
 */
it('answers most of what honest people ask, unasked', { timeout: 900_000 }, async () => {
  const unanswered: string[] = [];
  for (const [index, statements] of everydayQuestions.entries()) {
    const outcomes = await evade(ada, { name: `question ${index}`, sql: statements });
    if (!outcomes.every(isAnswered)) unanswered.push(statements.join('; '));
  }
  const share = 1 - unanswered.length / everydayQuestions.length;
  expect({ share, unanswered }).toMatchObject({ share: expect.toSatisfy((is: number) => is >= 0.97) });
});

function isAnswered({ phase }: View): boolean {
  return phase === 'succeeded';
}
