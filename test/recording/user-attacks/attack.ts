import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { enrolmentBytes } from '@sluice/contract';

/** What a signed-in person tries on the record: to spoil it, to fill it, to see what is another's. */
export interface UserAttack {
  readonly what: string;
  /** Every answer has to be a refusal. */
  readonly refused?: true;
  /** So many events at most stand on the record for it; 60 unless it says so. */
  readonly most?: number;
  readonly run: (world: AttackedWorld) => Promise<readonly Answer[]>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface AttackedWorld {
  readonly url: string;
  /** The attacker's token for running statements, and the one to decide with. */
  readonly token: string;
  readonly deciding: string;
  readonly log: string;
  /** The attacker's own identity, and the victim's. */
  readonly ids: { readonly own: string; readonly victims: string };
  /** Of the victim: a session, a statement that has ended, the request that waits, and what it is bound to. */
  readonly victim: {
    readonly session: string;
    readonly statement: string;
    readonly held: string;
    readonly requestId: string;
    readonly binding: string;
    readonly device: string;
  };
  /** By the attacker, with the token for statements unless another is given. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** The driver protocol, in a session of the attacker's own. */
  wire(path: string, body?: unknown, login?: object): Promise<Answer>;
}

export const HALF_A_PAIR = '\ud83d';
export const LATER = '9999-12-31T23:59:59.999Z';

export const statement = (more: object) => ({ sql: 'SELECT 1', wait: 5, ...more });
export const send = (more: object) => (world: AttackedWorld) =>
  world.call('POST', '/api/statements', statement(more)).then((answer) => [answer]);
export const each = async <T>(
  all: readonly T[],
  work: (one: T) => Promise<Answer>,
): Promise<readonly Answer[]> => {
  const answers: Answer[] = [];
  for (const one of all) answers.push(await work(one));
  return answers;
};
export const atOnce = (count: number, work: (index: number) => Promise<Answer>): Promise<readonly Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** A device, and who it says it is of. */
export function enrolment(identity: string, more: object = {}, by?: KeyObject) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const proof = sign(null, enrolmentBytes({ identity, key, at }), by ?? privateKey).toString('base64');
  return { key, name: 'laptop', at, proof, vouchedBy: null, ...more };
}
export const enrol = (world: AttackedWorld, body: object) =>
  world.call('POST', '/api/devices', body, world.deciding);
