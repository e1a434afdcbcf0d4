import { SluiceError } from '../errors.ts';
import type { MaskingKeys } from '../masking/index.ts';
import { createAnalyzer, type ParsedScript } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';
import { assess, type Assessment, assessTooComplex, type Question } from './assess.ts';
import { type RowCount, rowCountOf } from './row-count.ts';
import { type Split, split } from './split.ts';
import { createThread, type Thread } from './thread.ts';

export interface AnalysisOptions {
  /** Characters of the longest text that is gone through at once, on the relay's own thread; others get another. */
  readonly longestAtOnce: number;
  /** For long texts; started when there is a first one. */
  readonly threads: number;
  /** Long texts that may wait for a thread; more are turned away. */
  readonly mostWaiting: number;
  /** Milliseconds that a thread may take over one text. Then it is ended, and the text is too complex. */
  readonly patienceMs: number;
  /** MiB that a thread may take: a text that needs more is too complex. */
  readonly memoryMb: number;
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
  /** As `assess`. A text that takes a thread too long, or ends it, is assessed as too complex. */
  assess(question: Question): Assessment | Promise<Assessment>;
  /** As `split`. Rejects with `statement_not_understood` a text that takes a thread too long, or ends it. */
  split(sql: string): Promise<Split>;
  /** As `rowCountOf`; null too for a text that takes a thread too long, or ends it. */
  rowCount(sql: string, binds: Binds): Promise<RowCount | null>;
  close(): Promise<void>;
}

/** Goes through short texts at once, and through long ones on threads of their own, so that nobody else waits for them. */
export function createAnalyses(keys: MaskingKeys, options: Partial<AnalysisOptions> = {}): Analyses {
  const { longestAtOnce, threads, mostWaiting, ...limits } = { ...DEFAULTS, ...options };
  const analyzer = createAnalyzer();
  const idle: Thread[] = Array.from({ length: threads }, () => createThread(keys, limits));
  const all = [...idle];
  const waiting: ((thread: Thread) => void)[] = [];

  const takeThread = async (): Promise<Thread> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (waiting.length >= mostWaiting) {
      throw new SluiceError('too_many_statements', 'too many long statements are waiting to be understood', {
        advice: 'send it again in a while, or send the work in shorter statements',
        retryAfterSeconds: 5,
      });
    }
    return await new Promise<Thread>((resolve) => void waiting.push(resolve));
  };
  const giveBack = (thread: Thread) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next(thread);
  };
  const onThread = async <Result>(work: (thread: Thread) => Promise<Result>): Promise<Result> => {
    const thread = await takeThread();
    try {
      return await work(thread);
    } finally {
      giveBack(thread);
    }
  };
  const isLong = (sql: string) => sql.length > longestAtOnce;

  return {
    parse: (sql) => (isLong(sql) ? null : analyzer.parse(sql)),
    assess(question) {
      if (!isLong(question.sql)) return assess(analyzer, keys, question);
      return onThread(async (thread) => (await thread.assess(question)) ?? assessTooComplex(question));
    },
    async split(sql) {
      if (!isLong(sql)) return split(analyzer, sql);
      const texts = await onThread((thread) => thread.split(sql));
      if (texts !== 'too_complex') return texts;
      throw new SluiceError('statement_not_understood', 'the text is too complex to be taken apart', {
        advice: 'send the statements one by one',
      });
    },
    async rowCount(sql, binds) {
      if (!isLong(sql)) return rowCountOf(sql, binds);
      return await onThread((thread) => thread.rowCount(sql, binds));
    },
    close: async () => void (await Promise.all(all.map((thread) => thread.close()))),
  };
}
