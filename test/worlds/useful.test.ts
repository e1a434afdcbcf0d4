import { expect, it } from 'vitest';
import { measureUseful } from './useful.ts';

it(
  'every everyday question that needs no masked value is answered, and nobody is asked',
  { timeout: 120_000 },
  async () => {
    const { asked, unanswered } = await measureUseful({ floor: true });
    expect(asked).toBeGreaterThan(200);
    expect(unanswered).toEqual([]);
  },
);
