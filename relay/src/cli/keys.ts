import { randomBytes } from 'node:crypto';
import {
  type PayloadKeyState,
  payloadKeyStates,
  retirePayloadKeys,
  retireSigningKeys,
  rotatePayloadKey,
  rotateSigningKey,
  type SigningKeyState,
  spki,
} from '../recording/index.ts';
import { amount, joined, revealed, shown, type ShownText, word } from '../text/index.ts';
import type { StorePlace } from './commands/store-options.ts';
import type { ReadOnlyStore } from '../store/index.ts';
import {
  changingKeys,
  type KeyStates,
  publicKeyFiles,
  readableOrNull,
  readHead,
  readKeyStates,
} from './key-states.ts';
import { readingStore } from './open-record.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal-text.ts';

export type KeyKind = 'signing' | 'payload';

/** `sluice keys`: the keys of both kinds, the newest first; with `--json`, one object per line. */
export async function listKeysCommand(
  place: StorePlace,
  { json }: { readonly json: boolean },
  { print, note, paint }: Pick<Terminal, 'print' | 'note' | 'paint'>,
): Promise<void> {
  const states = await readKeyStates(place);
  const files = publicKeyFiles(place.files.signingKey);
  if (json) {
    for (const state of states.signing) {
      print(jsonLine({ kind: 'signing', ...state, publicKeyFile: files.get(state.key) ?? null }));
    }
    for (const state of states.payload) print(jsonLine({ kind: 'payload', ...state }));
    return;
  }
  const { signing, payload } = states;
  const published = ({ key }: SigningKeyState) => [shown`public key: ${word(files.get(key) ?? 'no file')}`];
  const below = [
    signing.map((state) => [...published(state), ...remarksOn(state)]),
    payload.map(remarksOn),
  ] as const;
  const tables = [
    tableLines(SIGNING, signing.map(signingRow), paint.printed),
    tableLines(PAYLOAD, payload.map(payloadRow), paint.printed),
  ] as const;
  for (const kind of [0, 1] as const) {
    const [titles = '', line = '', ...rows] = tables[kind];
    print(titles);
    print(line);
    for (const [index, row] of rows.entries()) {
      print(row);
      const remarks = below[kind][index]!;
      if (remarks.length > 0) print(shown`  ${joined(remarks, '; ')}`);
    }
    print('');
  }
  for (const path of states.unread) note(shown`${word(path)} cannot be read: what is in it is not known`);
  for (const advice of adviceOn(states)) print(advice);
}

const SIGNING = [
  { title: shown`SIGNING KEY` },
  { title: shown`STATE` },
  { title: shown`FROM EVENT`, align: 'right' as const },
  { title: shown`SINCE` },
  { title: shown`HANDED OVER` },
];
const PAYLOAD = [
  { title: shown`PAYLOAD KEY` },
  { title: shown`STATE` },
  { title: shown`DATA KEYS`, align: 'right' as const },
  { title: shown`SINCE` },
];

function signingRow({ key, state, from, since, handedOver, spent }: SigningKeyState): readonly ShownText[] {
  return [
    word(shortKey(key)),
    shown`${state}`,
    from === null ? shown`-` : amount(from),
    minute(since),
    spent ? shown`never signs` : handedOver === null ? shown`-` : handedOver ? shown`yes` : shown`no`,
  ];
}

function payloadRow({ id, dataKeys, since, state }: PayloadKeyState): readonly ShownText[] {
  return [word(id), shown`${state}`, amount(dataKeys), minute(since)];
}

function remarksOn({ inFile, mayGo }: Pick<SigningKeyState, 'inFile' | 'mayGo'>): readonly ShownText[] {
  return [...(inFile === false ? [shown`not in the key file`] : []), ...(mayGo ? [shown`may go`] : [])];
}

/** As in the names of the public keys' files. */
function shortKey(key: string): string {
  return key.slice(0, 16);
}

function minute(time: string | null): ShownText {
  return time === null ? shown`-` : revealed(`${time.slice(0, 16).replace('T', ' ')} UTC`);
}

function adviceOn({ signing, payload }: KeyStates): readonly string[] {
  const all = [...signing, ...payload];
  const kept = signing.some(
    ({ state, inFile, handedOver, spent }) =>
      state === 'former' && inFile === true && handedOver !== true && !spent,
  );
  return [
    ...(all.some(({ state }) => state === 'next') ? ['restart the relay: it takes up what is `next`'] : []),
    ...(all.some(({ mayGo }) => mayGo) ? ['`sluice keys retire` removes what may go'] : []),
    ...(kept
      ? ['a key that has not handed over stays: whoever trusts it has no other way to the next one']
      : []),
  ];
}

/** `sluice keys rotate signing|payload`: puts a new key above the others in its file. */
export async function rotateKeyCommand(
  place: StorePlace,
  { kind, dryRun, json }: { readonly kind: KeyKind; readonly dryRun: boolean; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const write = !dryRun;
  const path = kind === 'signing' ? place.files.signingKey : place.files.payloadKey;
  const made = await changingKeys(place, async () => {
    const { signing, payload } = await readKeyStates(place);
    if (kind === 'payload') {
      const how = { write, now: Date.now(), random: randomBytes };
      return { key: await rotatePayloadKey(path, payload, how) };
    }
    const { key, publicKey } = await rotateSigningKey(path, signing, { write });
    return { key, publicKey: spki(publicKey).toString('base64') };
  });
  // One that was not written is none.
  if (json) return print(jsonLine({ kind, file: path, dryRun, ...(dryRun ? {} : made) }));
  if (dryRun) return print(shown`a new ${kind} key would stand above the others in ${word(path)}`);
  const name = kind === 'signing' ? shortKey(made.key) : made.key;
  print(shown`${kind} key ${word(name)} stands above the others in ${word(path)}`);
  for (const line of NEXT[kind]) print(line);
}

const NEXT: Readonly<Record<KeyKind, readonly string[]>> = {
  signing: [
    'of several relays on one store, copy the file to each of them first',
    'then restart the relay: it puts the new key on the record, and the old one signs that',
    'give the new signing-key.pem.pub to everybody who verifies',
    '`sluice keys` says when the old one may go',
  ],
  payload: [
    'of several relays on one store, copy the file to each of them first',
    'then restart the relay: it wraps every data key with the new one',
    '`sluice keys` says when the old one may go; copies of the store from before need it',
  ],
};

/** `sluice keys retire`: removes the keys that nothing needs from their files. */
export async function retireKeysCommand(
  place: StorePlace,
  {
    kinds,
    dryRun,
    json,
  }: { readonly kinds: readonly KeyKind[]; readonly dryRun: boolean; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const write = !dryRun;
  const { signingKey, payloadKey } = place.files;
  const retired = async (store: ReadOnlyStore) => ({
    signing: kinds.includes('signing')
      ? await retireSigningKeys(signingKey, store, { head: await readHead(place), write })
      : [],
    payload: kinds.includes('payload')
      ? await retirePayloadKeys(payloadKey, await payloadKeyStates(store, readableOrNull(payloadKey)), {
          write,
        })
      : [],
  });
  const { signing, payload } = await changingKeys(place, () => readingStore(place, retired));
  if (json) return print(jsonLine({ signing, payload, dryRun }));
  const verb = dryRun ? shown`would be removed` : shown`is removed`;
  for (const key of signing)
    print(shown`signing key ${word(shortKey(key))} ${verb} from ${word(signingKey)}`);
  for (const id of payload) print(shown`payload key ${word(id)} ${verb} from ${word(payloadKey)}`);
  if (payload.length > 0) {
    print('copies of the store from before the rotation do not open without it: keep it with them');
  }
  if (signing.length + payload.length === 0) print('no key may go; see `sluice keys`');
}
