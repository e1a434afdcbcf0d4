import { type TermSearch, type TermsReader, withOpener } from '../../recording/index.ts';
import type { Database } from '../connection.ts';
import type { Tables } from '../tables.ts';
import type { Candidates, Steps } from './search-steps.ts';
import { lastBlock } from './search-blocks.ts';
import { termsIn } from './terms-kept.ts';

/** Looks through the entries of events that are in no block yet. */
export async function* searchRecent(
  db: Database,
  search: TermSearch,
  given: {
    /** Only positions below. */
    readonly below: number;
    readonly steps: Steps;
    readonly openers: TermsReader['openers'];
  },
): AsyncGenerator<Candidates> {
  const { steps, openers } = given;
  let { below } = given;
  for (;;) {
    const block = await lastBlock(db);
    const rows: readonly Row[] = await db
      .selectFrom('recorded_recent')
      .selectAll()
      .where('position', '>=', block?.end_position ?? 0)
      .where('position', '<', below)
      .orderBy('position', 'desc')
      .orderBy('part', 'desc')
      .limit(PAGE)
      .execute();
    // What has become a block meanwhile is not among them.
    if ((await lastBlock(db))?.block !== block?.block) continue;
    const events = togetherByPosition(rows);
    // Parts of the last one may be on the next page.
    if (rows.length === PAGE && events.length > 1) events.pop();
    const last = events.at(-1);
    if (last === undefined) return;
    steps.take(rows.length * STEPS_A_ROW);
    const person = search.all.filter((term) => term.startsWith('p:'));
    const likely = events.filter(({ terms }) => mayHave(terms, search, person));
    const persons =
      person.length === 0 ? NOBODY : await openers([...new Set(likely.map(({ session }) => session))]);
    const found = likely.filter(({ terms, session }) => {
      const all = withOpener(termsIn(terms), persons.get(session));
      return person.every((term) => all.includes(term));
    });
    below = last.position;
    yield { positions: found.map(({ position }) => position), searchedTo: below };
    if (rows.length < PAGE) return;
  }
}

const PAGE = 1_000;
const STEPS_A_ROW = 2;
const NOBODY: ReadonlyMap<string, string> = new Map();

type Row = Tables['recorded_recent'];
type Entry = Pick<Row, 'position' | 'session' | 'terms'>;

function togetherByPosition(rows: readonly Row[]): Entry[] {
  const events: Entry[] = [];
  for (const { position, session, terms } of rows) {
    const last = events.at(-1);
    if (last?.position === position)
      events[events.length - 1] = { ...last, terms: `${last.terms}\n${terms}` };
    else events.push({ position, session, terms });
  }
  return events;
}

/** Whether it has what is searched for, as far as the terms that are kept tell. */
function mayHave(terms: string, { all, beginning }: TermSearch, person: readonly string[]): boolean {
  const lines = `\n${terms}\n`;
  if (!all.every((term) => person.includes(term) || lines.includes(`\n${term}\n`))) return false;
  return beginning === null || lines.includes(`\n${beginning}`);
}
