import '../no-eval.ts';
import { isRelayError, type RecordedEvent, type SessionEvent } from '@sluice/contract';
import { hashOf } from '@sluice/record-proof';
import { workerClient } from '../host/worker-fetch.ts';
import { type Moment, momentOf, statementOf } from './moments.ts';
import { readRows } from './rows.ts';
import type { FromWorker, Problem, Scene, ToWorker } from './worker-messages.ts';

/**
 * Holds the events of one session, beside the page: it reads and checks them as they come, tells of the moments, and
 * looks up what belongs to one. Events are kept as texts, which take a fraction of the room of objects.
 */
const events: string[] = [];
const statements = new Map<string, number[]>();
const prompts: number[] = [];
const tellPage = (message: FromWorker) => (globalThis as unknown as MessagePort).postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'read') void read(data);
  else void answer(data);
});

let isReading = false;

async function read({ session, ...access }: Extract<ToWorker, { type: 'read' }>): Promise<void> {
  // What is asked for while events come, comes with them.
  if (isReading) return;
  isReading = true;
  let moments: Moment[] = [];
  let toldAt = performance.now();
  const tell = () => {
    tellPage({ type: 'moments', moments, events: events.length });
    moments = [];
    toldAt = performance.now();
  };
  try {
    const client = workerClient(access);
    const lines = await client.sessions.events({
      params: { id: session },
      query: { after: events.length - 1 },
    });
    for await (const event of lines) {
      keep(event);
      const moment = momentOf(event);
      if (moment !== null) moments.push(moment);
      if (performance.now() - toldAt > EVERY_MS) tell();
    }
    tell();
    tellPage({ type: 'read' });
  } catch (error) {
    tell();
    tellPage({ type: 'failed', problem: problemOf(error) });
  } finally {
    access.port?.close();
    isReading = false;
  }
}

/** The page is told so often: each time, it draws. */
const EVERY_MS = 120;

function keep(event: RecordedEvent): void {
  // The record's own numbers; what a relay answers out of order would be shown as something else than it is.
  if (event.seq !== events.length) throw new Error(`event ${events.length} is missing from the answer`);
  events.push(JSON.stringify(event));
  const statement = statementOf(event);
  if (statement !== null) {
    const known = statements.get(statement);
    if (known === undefined) statements.set(statement, [event.seq]);
    else known.push(event.seq);
  }
  if ('body' in event && event.body.type === 'prompt') prompts.push(event.seq);
}

async function answer(data: Exclude<ToWorker, { type: 'read' }>): Promise<void> {
  try {
    tellPage({ type: 'answer', ask: data.ask, answer: await look(data) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tellPage({ type: 'refusal', ask: data.ask, message });
  }
}

async function look(data: Exclude<ToWorker, { type: 'read' }>) {
  switch (data.type) {
    case 'find':
      return statements.get(data.statement)?.[0] ?? null;
    case 'compare':
      return events.findIndex((text, seq) => {
        const event = JSON.parse(text) as RecordedEvent;
        // Those that came after the export was made are not in it.
        return seq < data.hashes.length && (event.hash !== data.hashes[seq] || hashOf(event) !== event.hash);
      });
    case 'rows':
      return await readRows(data.of);
    case 'look':
      return sceneAt(data.seq);
    default:
      return data satisfies never;
  }
}

function sceneAt(seq: number): Scene | null {
  const event = eventAt(seq);
  if (event === null) return null;
  const statement = statementOf(event);
  const of = statement === null ? [] : (statements.get(statement) ?? []);
  const first = of[0] ?? seq;
  const prompt = prompts.findLast((one) => one <= first);
  const begun = bodyAt(0);
  const said = prompt === undefined ? null : bodyAt(prompt);
  return {
    event,
    opened: begun?.type === 'opened' ? begun : null,
    prompt: said?.type === 'prompt' ? said : null,
    story: of.slice(0, MOST_OF_A_STATEMENT).map((one) => eventAt(one) as SessionEvent),
  };
}

/** A result may be of many thousand chunks; what else there is to a statement comes before them. */
const MOST_OF_A_STATEMENT = 2_000;

function eventAt(seq: number): RecordedEvent | null {
  const text = events[seq];
  return text === undefined ? null : (JSON.parse(text) as RecordedEvent);
}

function bodyAt(seq: number) {
  const event = eventAt(seq);
  return event !== null && 'body' in event ? event.body : null;
}

function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return isRelayError(error)
    ? { code: error.code, message, advice: error.advice }
    : { code: 'answer_not_understood', message, advice: '' };
}
