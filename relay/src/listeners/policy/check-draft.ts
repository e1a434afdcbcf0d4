import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PolicyCheck } from '@sluice/contract';
import { analyze } from '@sluice/snowflake-sql';
import { loadPolicy, outlineOf } from '../../policy/index.ts';
import { casesTested, readCases } from '../../rehearsal/index.ts';

/** Cases that are run for one request, and characters of their longest statement. */
const MOST_CASES = 200;
const LONGEST_CASE = 16 * 1_024;

/** A draft and its cases, as `sluice policy check` and `sluice policy test` have them. Others have their turn in between. */
export async function checkDraft(text: string, casesText: string | null): Promise<PolicyCheck> {
  const { policy, problems = [] } = loadPolicy(text);
  const rules = policy === undefined ? [] : (outlineOf(text)?.rules ?? []);
  const none: PolicyCheck = {
    version: 1,
    problems: [...problems],
    rules: [...rules],
    caseProblems: [],
    cases: [],
    moreCases: 0,
  };
  if (casesText === null) return none;
  await nextTurn();
  const read = readCases(casesText);
  if ('problems' in read) return { ...none, caseProblems: [...read.problems] };
  if (policy === undefined) return none;
  const all = read.cases.cases;
  const some = all.slice(0, MOST_CASES).filter(({ sql }) => sql.length <= LONGEST_CASE);
  const cases: PolicyCheck['cases'] = [];
  for (const { name, failures } of casesTested(policy, { ...read.cases, cases: some }, analyze)) {
    cases.push({ name, failures: [...failures] });
    await nextTurn();
  }
  return { ...none, cases, moreCases: all.length - some.length };
}
