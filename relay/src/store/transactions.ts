import { SluiceError } from '../errors.ts';
import type { ChangeTopic, Commit, NewChange, Transaction, UnitOfWork } from '../unit-of-work.ts';
import { isOutage, StoreError, unavailable } from './store-error.ts';

/** A transaction of the database, open: nobody else writes until it ends. */
export interface OpenTransaction {
  /** One of `SAVEPOINT`, `ROLLBACK TO`, `RELEASE`, `COMMIT`, `ROLLBACK`. Rejects with a `StoreError`. */
  run(statement: string): Promise<void>;
  /** Makes these known to everybody who follows changes, with the commit. */
  tell(changes: readonly NewChange[]): Promise<void>;
  /** Makes it known to everybody who follows the record, with the commit. */
  tellOfRecord(): Promise<void>;
  /** Gives the connection back, whatever has become of it. */
  end(): void;
}

export interface TransactionsOptions<Ports> {
  /** Rejects with a `StoreError`. */
  readonly begin: () => Promise<OpenTransaction>;
  /** What can be written in the transaction that is open. */
  readonly ports: Ports;
  /** The number of the newest change of a topic, of all that were durable when the transaction began. */
  readonly newestOf: (topic: ChangeTopic) => number;
  /** Told of what somebody threw who was told how a transaction ended. */
  readonly onError: (error: unknown) => void;
  /** Told once of a commit that failed, however many are refused by it. Must not throw. */
  readonly onOutage?: (error: SluiceError) => void;
  /** Resolves when those who follow changes have been told of these. Must not reject. */
  readonly told: () => Promise<void>;
  /** Tells those who follow the record here. Must not throw. */
  readonly recordGrew: () => void;
}

/**
 * Concurrent callers share one transaction: what is submitted while one commit is under way goes into the next. Their
 * work is done one after the other, each behind a savepoint, so that one that throws takes nobody with it.
 *
 * A commit that fails rejects everything submitted so far with `record_unavailable`, what waits for the next one too:
 * nothing lands behind a write that did not. What is submitted later is tried anew.
 */
export function createTransactions<Ports extends object>(
  options: TransactionsOptions<Ports>,
): UnitOfWork<Transaction & Ports>['transaction'] {
  let waiting: Job<Ports>[] = [];
  let running = false;

  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_TOGETHER);
      try {
        await commitTogether(options, batch);
      } catch (cause) {
        const failed = [...batch, ...waiting];
        waiting = [];
        for (const { reject } of failed) reject(unavailable(cause));
        options.onOutage?.(unavailable(cause));
      }
      await nextTurn();
    }
    running = false;
  };

  return <T>(work: (tx: Transaction & Ports) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ work, resolve: resolve as (outcome: unknown) => void, reject });
      if (running) return;
      running = true;
      // What arrives in this turn of the event loop goes together.
      void nextTurn().then(run);
    });
}

/** Bounds the time that one transaction holds the database. */
const MOST_TOGETHER = 1_000;

interface Job<Ports> {
  readonly work: (tx: Transaction & Ports) => Promise<unknown>;
  readonly resolve: (outcome: unknown) => void;
  readonly reject: (error: unknown) => void;
}

async function commitTogether<Ports extends object>(
  { begin, ports, newestOf, told, recordGrew, onError }: TransactionsOptions<Ports>,
  jobs: readonly Job<Ports>[],
): Promise<void> {
  const database = await begin();
  const commit = createCommit(onError);
  const changes: NewChange[] = [];
  const answers: (() => void)[] = [];
  const hasChanged = (since: number, topics: readonly ChangeTopic[]) =>
    topics.some((topic) => newestOf(topic) > since || changes.some((change) => change.topic === topic));
  let done = 0;
  try {
    for (const job of jobs) {
      const together = jobs.length > 1;
      if (together) await database.run('SAVEPOINT work');
      const { tx, told, end } = open(ports, commit, hasChanged, onError);
      try {
        const outcome = await job.work(tx);
        if (together) await database.run('RELEASE SAVEPOINT work');
        changes.push(...told);
        commit.onEnd(end);
        answers.push(() => job.resolve(outcome));
        done += 1;
      } catch (error) {
        end(false);
        if (error instanceof StoreError && isOutage(error)) throw error;
        if (together) {
          await database.run('ROLLBACK TO SAVEPOINT work');
          await database.run('RELEASE SAVEPOINT work');
        }
        answers.push(() => job.reject(asThrown(error)));
      }
    }
    if (done === 0) {
      await database.run('ROLLBACK');
      commit.end(false);
    } else {
      await commit.finish();
      if (changes.length > 0) await database.tell(changes);
      if (commit.isToldOfRecord()) await database.tellOfRecord();
      await database.run('COMMIT');
      commit.end(true);
      if (commit.isToldOfRecord()) recordGrew();
    }
  } catch (error) {
    await database.run('ROLLBACK').catch(() => {});
    commit.end(false);
    throw error;
  } finally {
    database.end();
  }
  const answer = () => answers.forEach((each) => each());
  // Others commit meanwhile: who is told may write in turn.
  if (changes.length > 0) void told().then(answer);
  else answer();
}

function createCommit(onError: (error: unknown) => void) {
  const finishing: (() => Promise<void>)[] = [];
  const ending: ((durable: boolean) => void)[] = [];
  let isToldOfRecord = false;
  const commit: Commit = {
    beforeEnd: (work) => void finishing.push(work),
    onEnd: (listener) => void ending.push(listener),
    tellOfRecord() {
      isToldOfRecord = true;
    },
  };
  return {
    ...commit,
    commit,
    isToldOfRecord: () => isToldOfRecord,
    async finish() {
      for (const work of finishing) await work();
    },
    end(durable: boolean) {
      tellAll(ending, durable, onError);
    },
  };
}

/** Whatever one of them throws, the others are told. */
function tellAll(
  listeners: ((durable: boolean) => void)[],
  durable: boolean,
  onError: (error: unknown) => void,
): void {
  for (const listener of listeners.splice(0)) {
    try {
      listener(durable);
    } catch (error) {
      onError(error);
    }
  }
}

/** One caller's transaction; of no use once it has ended. */
function open<Ports extends object>(
  ports: Ports,
  { commit }: ReturnType<typeof createCommit>,
  hasChanged: Transaction['hasChanged'],
  onError: (error: unknown) => void,
) {
  const told: NewChange[] = [];
  const ending: ((durable: boolean) => void)[] = [];
  let isOpen = true;
  const tx = {
    commit,
    onEnd: (listener: (durable: boolean) => void) => void ending.push(listener),
    tell: (change: NewChange) => void told.push(change),
    hasChanged,
  };
  for (const name of Object.keys(ports) as (keyof Ports)[]) {
    Object.defineProperty(tx, name, {
      enumerable: true,
      get() {
        if (isOpen) return ports[name];
        throw new StoreError('other', new Error('the transaction has ended'));
      },
    });
  }
  return {
    tx: tx as Transaction & Ports,
    told,
    end(durable: boolean) {
      isOpen = false;
      tellAll(ending, durable, onError);
    },
  };
}

function asThrown(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.problem !== 'value') return error;
  return new SluiceError('request_malformed', 'a text of it cannot be kept', {
    advice: 'send text that is well-formed Unicode, without NUL, and numbers up to 2^53',
    cause: error,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
