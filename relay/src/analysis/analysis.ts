import { SluiceError } from '../errors.ts';
import type { MaskingKeys } from '../masking/index.ts';
import { type Names, type ParsedScript } from '@sluice/snowflake-sql';
import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
import type { Binds } from '../warehouse/index.ts';
import { loadNamed, unlessTooMany } from '../warehouse/planning.ts';
import { assess, type Assessment, assessTooComplex } from './assess.ts';
import { loadedQuestion, type Question } from './question.ts';
import { type RowCount, rowCountOf } from './row-count.ts';
import { type Split, split } from './split.ts';
import { createThreads, type ThreadOptions } from './threads.ts';

/** `threads` and their limits are for long texts. */
export interface AnalysisOptions extends ThreadOptions {
  /** Characters of the longest text that is gone through at once, on the relay's own thread; others get another. */
  readonly longestAtOnce: number;
}

const DEFAULTS: AnalysisOptions = {
  longestAtOnce: 16 * 1_024,
  threads: 2,
  mostWaiting: 64,
  patienceMs: 20_000,
  memoryMb: 1_536,
};

/** All that is in proportion to a statement's text, done where it holds nobody up. */
export interface Analyses {
  /** Null for a text that is too long to be read while everybody waits. Never throws. */
  parse(sql: string): ParsedScript | null;
  /**
   * Loads what the text names, and what the views name that it reads; then as `assess`. A text that names too much, takes
   * a thread too long, or ends it, is assessed as too complex. Rejects with whatever the catalog does.
   */
  assess(question: Question): Promise<Assessment>;
  /** As `split`. Rejects with `statement_not_understood` a text that takes a thread too long, or ends it. */
  split(sql: string): Promise<Split>;
  /** As `rowCountOf`; null too for a text that takes a thread too long, or ends it. */
  rowCount(sql: string, binds: Binds): Promise<RowCount | null>;
  close(): Promise<void>;
}

/** Goes through short texts at once, and through long ones on threads of their own, so that nobody else waits for them. */
export function createAnalyses(keys: MaskingKeys, options: Partial<AnalysisOptions> = {}): Analyses {
  const { longestAtOnce, ...limits } = { ...DEFAULTS, ...options };
  const analyzer = createAnalyzer();
  const threads = createThreads(keys, limits);

  const isLong = (characters: number) => characters > longestAtOnce;
  const namesOf = async (sql: string): Promise<Names | null> => {
    if (!isLong(sql.length)) return unlessTooMany(analyzer.names(sql));
    return (await threads.run({ type: 'names', sql }))?.answer ?? null;
  };

  return {
    parse: (sql) => (isLong(sql.length) ? null : analyzer.parse(sql)),
    async assess(question) {
      const { sql, policy, context, catalog } = question;
      const names = await namesOf(sql);
      const named = names === null ? null : await loadNamed(names, context, catalog, namesOf);
      if (named === null) return assessTooComplex(policy, question);
      const loaded = await loadedQuestion(question, named);
      // The texts of views are gone through with the statement's own.
      if (!isLong(sql.length + named.viewCharacters)) return assess(analyzer, keys, policy, loaded);
      const done = await threads.run({ type: 'assess', question: loaded, policy: policy.text });
      return done?.answer ?? assessTooComplex(policy, question);
    },
    async split(sql) {
      if (!isLong(sql.length)) return split(analyzer, sql);
      const done = await threads.run({ type: 'split', sql });
      if (done !== null) return done.answer;
      throw new SluiceError(
        'statement_not_understood',
        'the text is too complex to be split into statements',
        {
          advice: 'send the statements one by one',
        },
      );
    },
    async rowCount(sql, binds) {
      if (!isLong(sql.length)) return rowCountOf(sql, binds);
      return (await threads.run({ type: 'count', sql, binds }))?.answer ?? null;
    },
    close: threads.close,
  };
}
