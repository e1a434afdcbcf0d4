import { type FromPage, fromPage, type ToPage, toPage } from '../../results/messages.ts';
import { connectHost } from '../host.ts';

/** The page's end of `results/messages.ts`. */
export interface PageBridge {
  tell(message: FromPage): void;
  onTold(listener: (message: ToPage) => void): void;
  /** Asks, and resolves with the answer that has the question's number. Rejects with `Refused`. */
  ask<Type extends AnswerType>(question: Question): Promise<Extract<ToPage, { type: Type }>>;
  kept(): unknown;
  keep(state: unknown): void;
}

type AnswerType = 'rows' | 'cell' | 'chart';
type Asking = Extract<FromPage, { ask: number }>;
type Question = Asking extends infer One ? (One extends Asking ? Omit<One, 'ask'> : never) : never;

/** What was asked for cannot be had. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  readonly advice: string;

  constructor(code: string, message: string, advice: string) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

export function openBridge(): PageBridge {
  const host = connectHost<FromPage>();
  const asked = new Map<number, { resolve: (answer: never) => void; reject: (error: Refused) => void }>();
  const listeners: ((message: ToPage) => void)[] = [];
  let asks = 0;
  host.onMessage((data) => {
    const told = toPage.safeParse(data);
    if (!told.success) return;
    const message = told.data;
    if (!('ask' in message)) {
      for (const listener of listeners) listener(message);
      return;
    }
    const waiting = asked.get(message.ask);
    asked.delete(message.ask);
    if (message.type === 'refused') {
      waiting?.reject(new Refused(message.code, message.message, message.advice));
    } else waiting?.resolve(message as never);
  });
  const tell = (message: FromPage) => host.send(fromPage.parse(message));
  return {
    tell,
    onTold: (listener) => void listeners.push(listener),
    ask: (question) =>
      new Promise((resolve, reject) => {
        asks += 1;
        asked.set(asks, { resolve, reject });
        tell({ ...question, ask: asks });
      }),
    kept: host.kept,
    keep: host.keep,
  };
}
