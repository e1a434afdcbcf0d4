import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOTE_ALGORITHM, noteKeyId, noteText, parseNote } from './note.ts';

function publicKey(raw: string) {
  // RFC 8410, section 4: what comes before the 32 bytes is always the same.
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const der = Buffer.concat([prefix, Buffer.from(raw, 'base64')]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

// The example of golang.org/x/mod/sumdb/note.
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
const NOTE = `${TEXT}\n— PeterNeumann ${SIGNATURE}\n`;
const KEY = publicKey('GlzZBxQ8OExB6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=');

it('reads the note, the key and the signature of the reference implementation', () => {
  const note = parseNote(NOTE)!;
  expect(note.text).toBe(TEXT);
  const [signed] = note.signatures;
  expect(signed).toMatchObject({ name: 'PeterNeumann', keyId: 'c74f20a3' });
  expect(noteKeyId('PeterNeumann', NOTE_ALGORITHM.ed25519, KEY)).toBe(signed!.keyId);
  expect(verify(null, Buffer.from(note.text), KEY, signed!.signature)).toBe(true);
  expect(noteText(note)).toBe(NOTE);
});

it.each([
  ['no signature', TEXT],
  ['no signature line', `${TEXT}\n`],
  ['no text', `\n— PeterNeumann ${SIGNATURE}\n`],
  ['no line feed at its end', NOTE.slice(0, -1)],
  ['a hyphen for the dash', NOTE.replace('—', '-')],
  ['a name with a plus', NOTE.replace('PeterNeumann', 'Peter+Neumann')],
  ['a name with a space', NOTE.replace('PeterNeumann', 'Peter\u2003Neumann')],
  ['a carriage return', NOTE.replaceAll('\n', '\r\n')],
  ['a control character', NOTE.replace('If', 'I\u0000f')],
  ['a lone surrogate', NOTE.replace('If', 'I\ud800f')],
  ['base64 in another form', NOTE.replace('AM=', 'AN=')],
  ['base64 without padding', NOTE.replace('=', '')],
  ['a signature of no bytes', `${TEXT}\n— PeterNeumann x08gow==\n`],
  ['a line after its signatures', `${NOTE}more\n`],
  ['too many signatures', `${NOTE}${`— x ${SIGNATURE}\n`.repeat(100)}`],
])('is not a note: %s', (_, text) => {
  expect(parseNote(text)).toBeNull();
});

it('writes what it reads, and nothing else, whatever it reads', () => {
  const part = fc.constantFrom('\n', '\n\n', '— ', 'a ', 'x08gow==', 'x08goxx=', 'x08goA==', ' ', '+', 'é');
  const texts = fc.array(part, { maxLength: 14 }).map((parts) => parts.join(''));
  const differ = (text: string) => {
    const note = parseNote(text);
    return note !== null && noteText(note) !== text;
  };
  expect(fc.sample(texts, 20_000).filter(differ)).toEqual([]);
});
