import { isUnreadable, rowsAtOnce } from './all-rows.ts';
import { findings } from './findings.ts';
import { type DerivedStore, listsCheck, type OnDerived } from './lists-check.ts';
import type { VerifyReport } from './report.ts';
import { searchCheck } from './search-check.ts';

/**
 * Compares what lists and searches of a store say with its log. Nothing else relies on them, but whoever looks through a record
 * does: what they do not find is not there for them. It takes the log to be what was recorded, so it is done only where that
 * was found intact.
 *
 * @param report of the store.
 * @param more other tables that follow from the log, and what compares them.
 * @returns it, with what was found.
 */
export async function verifyLists(
  store: DerivedStore,
  report: VerifyReport,
  more?: { readonly tables: readonly string[]; compare(onFound: OnDerived): Promise<void> },
): Promise<VerifyReport> {
  if (!report.intact) return report;
  const found = findings('position');
  const onFound: OnDerived = ({ session, seq, position }, why) =>
    found.add({ what: 'altered', session, seq, position, why });
  let unindexed = 0;
  const unreadable = (why: string) =>
    found.add({ what: 'unreadable', session: null, seq: null, position: null, why });
  try {
    const { strange, longestRow } = await store.inspectTables([
      'recorded_event',
      ...DERIVED,
      ...(more?.tables ?? []),
    ]);
    if (strange !== null) unreadable(`table ${strange.table} ${strange.why}`);
    else {
      await listsCheck(store, onFound);
      unindexed = await searchCheck(store, rowsAtOnce(longestRow), onFound);
      await more?.compare(onFound);
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    unreadable(`what lists and searches go by cannot be read: ${error.message}`);
  }
  return { ...report, intact: found.isEmpty(), listsCompared: { unindexed }, problems: found.ordered() };
}

/** What lists and searches go by. */
const DERIVED = [
  'recorded_session',
  'recorded_mention',
  'recorded_recent',
  'recorded_block',
  'recorded_term',
  'recorded_long_text',
  'recorded_forgotten',
];
