import { isCosignedBy, type WitnessKey } from '../checkpoints/cosignature.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { goesOn } from '../checkpoints/consistency.ts';
import { addLeaf, type GrowingTree, type Hash, leafOf, rootOf } from '../checkpoints/merkle.ts';
import type { RecordReaders } from '../ports.ts';

/** One side of a comparison: what somebody was shown of a log. Everything in it has been verified before. */
export type Shown =
  | {
      readonly kind: 'checkpoint';
      readonly checkpoint: Checkpoint;
      /** Those of fewer events that it is shown to go on from. */
      readonly earlier: readonly Checkpoint[];
    }
  | { readonly kind: 'store'; readonly log: string; readonly store: Pick<RecordReaders, 'events'> };

export type SameLog =
  | { readonly same: true; readonly why: string }
  | { readonly same: false; readonly why: string }
  /** `advice` says what would tell. */
  | { readonly same: null; readonly why: string; readonly advice: string };

export interface SameLogOptions {
  /** Each has cosigned only one history of a log. */
  readonly witnesses: readonly WitnessKey[];
  /** That the larger of two checkpoints goes on from the smaller one. */
  readonly proof: readonly Hash[] | null;
}

/** Whether two auditors were shown the same log: one of them perhaps more of it. */
export async function sameLog(one: Shown, other: Shown, options: SameLogOptions): Promise<SameLog> {
  const [log, otherLog] = [logOf(one), logOf(other)];
  if (log !== otherLog) return { same: false, why: `one is log ${log}, the other log ${otherLog}` };
  if (one.kind === 'checkpoint' && other.kind === 'checkpoint') {
    return compareCheckpoints(one, other, options);
  }
  if (one.kind === 'store' && other.kind === 'store') return await compareStores(one.store, other.store);
  const [store, checkpoint] =
    one.kind === 'store'
      ? [one.store, (other as Extract<Shown, { kind: 'checkpoint' }>).checkpoint]
      : [(other as Extract<Shown, { kind: 'store' }>).store, one.checkpoint];
  return await compareWithStore(store, checkpoint);
}

function logOf(shown: Shown): string {
  return shown.kind === 'store' ? shown.log : shown.checkpoint.log;
}

function compareCheckpoints(one: ShownCheckpoint, other: ShownCheckpoint, options: SameLogOptions): SameLog {
  const [less, more] = one.checkpoint.size <= other.checkpoint.size ? [one, other] : [other, one];
  const [smaller, larger] = [less.checkpoint, more.checkpoint];
  const roots = new Map(allOf(less).map(({ size, root }) => [size, root]));
  const both = allOf(more).filter(({ size }) => roots.has(size));
  const differs = both.find(({ size, root }) => roots.get(size) !== root);
  if (differs !== undefined) {
    return {
      same: false,
      why: `they sign different events as the first ${differs.size}: the two are the proof`,
    };
  }
  if (both.some(({ size }) => size === smaller.size)) {
    const why =
      smaller.size === larger.size
        ? `both sign the same ${smaller.size} events`
        : `what signs ${larger.size} events goes on from the ${smaller.size} that the other signs`;
    return { same: true, why };
  }
  // A witness that has cosigned more has found it to go on from what it had cosigned before.
  const witness = options.witnesses.find(
    (key) =>
      isCosignedBy(smaller.note, key) &&
      allOf(more).some(({ size, note }) => size > smaller.size && isCosignedBy(note, key)),
  );
  if (witness !== undefined) {
    return { same: true, why: `\`${witness.name}\` has cosigned both, and cosigns one history of a log` };
  }
  const { proof } = options;
  if (proof === null) {
    return {
      same: null,
      why: `one signs ${smaller.size} events and the other ${larger.size}, which alone does not say whether they begin alike${alike(both)}`,
      advice: `have whoever has the store run \`sluice consistency ${smaller.size} ${larger.size}\`, and give what it prints by --proof; or verify each against a copy of the store`,
    };
  }
  if (goesOn(smaller, larger, proof)) {
    return { same: true, why: `the proof leads from the first ${smaller.size} events to the ${larger.size}` };
  }
  return {
    same: null,
    why: `the proof does not lead from the first ${smaller.size} events to the ${larger.size}`,
    advice: 'if no proof does, they are not the same log: the two checkpoints are what to show',
  };
}

type ShownCheckpoint = Extract<Shown, { kind: 'checkpoint' }>;

function allOf({ checkpoint, earlier }: ShownCheckpoint): readonly Checkpoint[] {
  return [...earlier, checkpoint];
}

function alike(both: readonly Checkpoint[]): string {
  const most = Math.max(0, ...both.map(({ size }) => size));
  return most === 0 ? '' : `; their first ${most} events are the same`;
}

async function compareWithStore(
  { events }: Pick<RecordReaders, 'events'>,
  { size, root }: Checkpoint,
): Promise<SameLog> {
  const tree: GrowingTree = { size: 0, peaks: [] };
  while (tree.size < size) {
    const page = await events.hashes(tree.size, Math.min(size, tree.size + PAGE));
    if (page.length === 0) {
      return {
        same: null,
        why: `the store holds ${tree.size} events, and the other signs ${size}`,
        advice:
          'compare with a newer copy of the store; if there is none, it has lost events, or was put back',
      };
    }
    for (const hash of page) addLeaf(tree, leafOf(hash));
  }
  if (rootOf(tree.peaks).toString('hex') === root) {
    return { same: true, why: `the first ${size} events of the store are those that the other signs` };
  }
  return { same: false, why: `the first ${size} events of the store are not those that the other signs` };
}

async function compareStores(
  one: Pick<RecordReaders, 'events'>,
  other: Pick<RecordReaders, 'events'>,
): Promise<SameLog> {
  for (let from = 0; ; from += PAGE) {
    const [left, right] = [
      await one.events.hashes(from, from + PAGE),
      await other.events.hashes(from, from + PAGE),
    ];
    const both = Math.min(left.length, right.length);
    const differs = left.slice(0, both).findIndex((hash, index) => hash !== right[index]);
    if (differs !== -1)
      return { same: false, why: `event ${from + differs} of the log is the first that differs` };
    if (both < PAGE)
      return { same: true, why: `the first ${from + both} events are the same, and one of them ends there` };
  }
}

const PAGE = 1_000;
