import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  cosign,
  isCosignedBy,
  parseWitnessKey,
  withSignatures,
  witnessKeyOf,
  witnessKeyText,
} from './cosignature.ts';
import { noteText } from './note.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const witness = witnessKeyOf('witness.example/w1', publicKey);
const key = { ...witness, sign: async (bytes: Uint8Array) => sign(null, bytes, privateKey) };
const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const LOG =
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

it('writes and reads the key that others are given', () => {
  const text = witnessKeyText(witness);
  expect(parseWitnessKey(text)).toMatchObject({ name: 'witness.example/w1', keyId: witness.keyId });
  for (let at = 0; at < text.length; at += 1) {
    const changed = text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
    expect(parseWitnessKey(changed)).toBeNull();
  }
  // A log's own key is not a witness's.
  expect(parseWitnessKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toBeNull();
});

it('cosigns the whole text and the time, under its own name', async () => {
  const note = `${TEXT}\n${LOG}`;
  const signature = await cosign(TEXT, { ...key, at: 1_679_315_147 });
  const cosigned = withSignatures(note, [signature]);
  expect(cosigned.startsWith(note)).toBe(true);
  expect(isCosignedBy(cosigned, witness)).toBe(true);
  expect(isCosignedBy(note, witness)).toBe(false);
  expect(withSignatures(cosigned, [signature])).toBe(cosigned);
  const changed = [
    cosigned.replace('20852163', '20852164'),
    noteText({ text: TEXT, signatures: [{ ...signature, signature: flipped(signature.signature, 7) }] }),
    noteText({ text: TEXT, signatures: [{ ...signature, signature: flipped(signature.signature, 20) }] }),
    noteText({ text: TEXT, signatures: [{ ...signature, signature: signature.signature.slice(0, 71) }] }),
  ];
  expect(changed.map((each) => isCosignedBy(each, witness))).toEqual([false, false, false, false]);
  const other = witnessKeyOf(witness.name, createPublicKey(generateKeyPairSync('ed25519').privateKey));
  expect(isCosignedBy(cosigned, other)).toBe(false);
  // One that is right does not make up for one that is wrong.
  const wrong = { ...signature, signature: flipped(signature.signature, 20) };
  expect(isCosignedBy(noteText({ text: TEXT, signatures: [signature, wrong] }), witness)).toBe(false);
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}
