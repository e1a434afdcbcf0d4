import { SluiceError } from '../errors.ts';
import {
  type Analysis,
  boundOnly,
  type Catalog,
  createAnalyzer,
  dependsOnSession,
  type ResolutionContext,
  type StatementReader,
  tooComplex,
  type Understanding,
} from '../statement/index.ts';
import { createThread, type Thread } from './thread.ts';

export interface AnalysisOptions {
  /** Characters of the longest text that is analysed at once, on the relay's own thread; others get another. */
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

export interface Analyses extends StatementReader {
  close(): Promise<void>;
}

/** Analyses short texts at once, and long ones on threads of their own, so that nobody else waits for them. */
export function createAnalyses(options: Partial<AnalysisOptions> = {}): Analyses {
  const { longestAtOnce, threads, mostWaiting, ...limits } = { ...DEFAULTS, ...options };
  const analyzer = createAnalyzer();
  const idle: Thread[] = Array.from({ length: threads }, () => createThread(limits));
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

  return {
    parse: (sql) => (sql.length > longestAtOnce ? null : analyzer.parse(sql)),
    analyze(sql, catalog, context) {
      if (sql.length <= longestAtOnce) return analyzer.analyze(sql, catalog, context);
      return (async (): Promise<readonly Analysis[]> => {
        const thread = await takeThread();
        try {
          const before = contextFor(sql, context);
          const meanings = await thread.understand(sql, catalog, before);
          return meanings?.map((one) => withBound(one, sql, catalog, before)) ?? [tooComplex(sql)];
        } finally {
          giveBack(thread);
        }
      })();
    },
    close: async () => void (await Promise.all(all.map((thread) => thread.close()))),
  };
}

/**
 * The session as it is now. Its earlier results can be many: they go along only where the text may name one.
 */
function contextFor(sql: string, { variables, results, ...context }: ResolutionContext): ResolutionContext {
  const named = dependsOnSession(sql);
  return { ...context, variables: new Map(named ? variables : []), results: new Map(named ? results : []) };
}

/** What runs is bound when it is going to run, if ever: the same text, catalog and session make the same again. */
function withBound(
  understanding: Understanding,
  sql: string,
  catalog: Catalog,
  context: ResolutionContext,
): Analysis {
  if (!understanding.understood) return { understanding, bound: null };
  return { understanding, bound: () => boundOnly(sql, catalog, context) };
}
