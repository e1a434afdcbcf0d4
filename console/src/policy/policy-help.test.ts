import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { choicesAt, helpAt, type Schema } from './schema-help.ts';
import { ITEM, placeAt } from './yaml-place.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const schema = JSON.parse(read('relay/policy.schema.json')) as Schema;

/** At the `|` of a text, which is taken out. */
const at = (text: string) => placeAt(text.replace('|', ''), text.indexOf('|'));
const choices = (text: string) => choicesAt(schema, at(text)!).map((choice) => choice.text);

describe('a place in a text', () => {
  it.each<[string, string, readonly string[], 'key' | 'value']>([
    ['at the top', 'version: 1\nru|', [], 'key'],
    ['a value', 'defaults:\n  uses: bl|', ['defaults', 'uses'], 'value'],
    ['below a key', 'defaults:\n  |', ['defaults'], 'key'],
    ['below nothing', 'defaults:\n  uses: block\n|', [], 'key'],
    ['an item', 'rules:\n  - |', ['rules', ITEM], 'key'],
    ['an item as far left as its list', 'rules:\n- na|', ['rules', ITEM], 'key'],
    ['in an item', 'rules:\n  - name: a\n    when:\n      groups: [x]\n    ef|', ['rules', ITEM], 'key'],
    [
      'in a later item',
      'rules:\n  - name: a\n  - name: b\n    effect: |',
      ['rules', ITEM, 'effect'],
      'value',
    ],
    ['brackets', 'masks:\n  tags:\n    pii: { method: partial, ke|', ['masks', 'tags', 'pii'], 'key'],
    [
      'a value in brackets',
      'masks:\n  tags:\n    pii: { method: |',
      ['masks', 'tags', 'pii', 'method'],
      'value',
    ],
    ['brackets on their own line', 'masks:\n  tags:\n    pii:\n      { me|', ['masks', 'tags', 'pii'], 'key'],
    [
      'lists in brackets',
      'rules:\n  - when: { kinds: [query, |',
      ['rules', ITEM, 'when', 'kinds', ITEM],
      'value',
    ],
    [
      'brackets in an item',
      'rules:\n  - when:\n      uses:\n        - { as: [|',
      ['rules', ITEM, 'when', 'uses', ITEM, 'as', ITEM],
      'value',
    ],
    ['a quoted key', "tags:\n  'a: # b': [x]\n  c|", ['tags'], 'key'],
    ['past comments and empty lines', 'masks:\n  # as: it was\n\n  |', ['masks'], 'key'],
  ])('%s', (_, text, path, writes) => {
    expect(at(text)).toMatchObject({ path, writes });
  });

  it('begins with the word that is being written', () => {
    expect(at('defaults:\n  uses: bl|')!.from).toBe('defaults:\n  uses: '.length);
    expect(at('a: { method: partial, ke|')!.from).toBe('a: { method: partial, '.length);
  });

  it('knows what stands beside it', () => {
    expect([...at('rules:\n  - name: a\n    |\n    effect: ask\n  - reason: b')!.beside.keys()]).toEqual([
      'name',
      'effect',
    ]);
    expect([...at('a: { method: partial, |')!.beside]).toEqual([['method', 'partial']]);
  });

  it('is none in a comment', () => {
    expect(at('version: 1 # ru|')).toBeNull();
    expect(at("a: '# no comment|")).not.toBeNull();
  });

  it('is found at every letter of a whole policy, whatever of it is written', () => {
    const policy = read('demo/policy.yaml');
    for (let offset = 0; offset <= policy.length; offset += 7) {
      const whole = placeAt(policy, offset);
      // Its path goes by what is above alone.
      expect(placeAt(policy.slice(0, offset), offset)?.path).toEqual(whole?.path);
    }
  });
});

describe('what may be written', () => {
  it('are the keys that are not there yet, required ones first', () => {
    expect(choices('version: 1\n|')).not.toContain('version');
    expect(choices('version: 1\n|')).toEqual(
      expect.arrayContaining(['tags', 'masks', 'rules', 'break_glass']),
    );
    expect(choices('rules:\n  - name: a\n    |')[0]).toBe('effect');
  });

  it('are the values that there are', () => {
    expect(choices('rules:\n  - effect: |')).toEqual(expect.arrayContaining(['allow', 'ask', 'block']));
    expect(choices('rules:\n  - when: { protocols: [|')).toEqual(['snowflake', 'mcp', 'api']);
  });

  it('fits the form that was begun', () => {
    const keys = choices('masks:\n  tags:\n    pii: { method: partial, |');
    expect(keys).toContain('keep_first');
    expect(choices('masks:\n  tags:\n    pii: { method: redact, |')).not.toContain('keep_first');
  });

  it('is nothing where the policy’s author makes up the names', () => {
    expect(choices('tags:\n  |')).toEqual([]);
  });

  it('comes with what it is for', () => {
    expect(helpAt(schema, at('masks:\n  tags:\n    pii: { method: redact, expressions: |')!)).toContain(
      'expression',
    );
    expect(helpAt(schema, at('version: |')!)).toBe('');
  });
});
