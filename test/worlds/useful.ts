import { isTelling, wasAllowed, wasAsked } from './answer.ts';
import { order } from './order.ts';
import { everydayQuestions } from './questions/index.ts';
import { demoPolicy, openWarehouse, worldRelay } from './relay-in-process.ts';

/** What honest people get of the shop, none of which needs a masked value. */
export interface Useful {
  /** Answered unasked, with a row: from 0 to 1. */
  readonly share: number;
  readonly asked: number;
  readonly unanswered: readonly Unanswered[];
}

export interface Unanswered {
  readonly sql: string;
  /** What the client was told instead. */
  readonly because: string;
}

/** Asks every question in a session of its own. */
export async function measureUseful({ floor }: { readonly floor: boolean }): Promise<Useful> {
  const warehouse = await openWarehouse({ customers: 100 });
  const relay = worldRelay({ warehouse, policy: await demoPolicy(), floor });
  const unanswered: Unanswered[] = [];
  for (const statements of everydayQuestions) {
    const session = await relay.openSession('ada');
    for (const [index, sql] of statements.entries()) {
      const [answer] = await session.send(order(sql));
      const isLast = index === statements.length - 1;
      if (wasAllowed(answer!) && (!isLast || isTelling(answer!))) continue;
      const { error } = answer!.result;
      const because = wasAsked(answer!)
        ? 'people are asked first'
        : (error?.message ?? 'it answers with nothing');
      unanswered.push({ sql, because });
      break;
    }
    await session.close();
  }
  await warehouse.close();
  const asked = everydayQuestions.length;
  return { share: (asked - unanswered.length) / asked, asked, unanswered };
}
