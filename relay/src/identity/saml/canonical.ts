import type { XmlElement } from './xml-scan.ts';

export interface CanonicalOptions {
  /** Left out, with all that is in it: the signature, of what it signs. */
  readonly without?: XmlElement;
  /** Prefixes that are written where they are declared, whether or not anything is called by them. */
  readonly inclusive?: readonly string[];
}

/**
 * Exclusive XML Canonicalization 1.0, without comments, of an element: the characters that a signature is over. In
 * time linear in what is written, since the number of prefixes has a bound.
 */
export function canonical(root: XmlElement, { without, inclusive = [] }: CanonicalOptions = {}): string {
  const written: string[] = [];

  const write = (element: XmlElement, outer: ReadonlyMap<string, string>) => {
    const tag = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`;
    const declared = declarations(element, inclusive, outer);
    const rendered = declared.length === 0 ? outer : new Map([...outer, ...declared]);
    written.push('<', tag);
    for (const [prefix, namespace] of declared)
      written.push(prefix === '' ? ' xmlns' : ` xmlns:${prefix}`, '="', escapeValue(namespace), '"');
    for (const [name, value] of attributesInOrder(element))
      written.push(' ', name, '="', escapeValue(value), '"');
    written.push('>');
    for (const part of element.content) {
      if (typeof part === 'string') written.push(escapeText(part));
      else if (part !== without) write(part, rendered);
    }
    written.push('</', tag, '>');
  };

  write(root, new Map());
  return written.join('');
}

/** Of the prefixes that are in use here, or to be kept: those that do not mean the same already. */
function declarations(
  { prefix, prefixed, namespaces }: XmlElement,
  inclusive: readonly string[],
  outer: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const kept = inclusive
    .map((name) => (name === '#default' ? '' : name))
    .filter((name) => namespaces.has(name));
  const used = new Set([prefix, ...prefixed.map((attribute) => attribute.prefix), ...kept]);
  return [...used]
    .filter((name) => name !== 'xml' && (namespaces.get(name) ?? '') !== (outer.get(name) ?? ''))
    .toSorted(byCodePoints)
    .map((name) => [name, namespaces.get(name) ?? '']);
}

/** By namespace, then by name; those of no namespace come first. */
function attributesInOrder({ attributes, prefixed }: XmlElement): readonly (readonly [string, string])[] {
  const plain = [...attributes].toSorted(([one], [other]) => byCodePoints(one, other));
  const others = prefixed.toSorted(
    (one, other) => byCodePoints(one.namespace, other.namespace) || byCodePoints(one.name, other.name),
  );
  return [
    ...plain,
    ...others.map(({ prefix, name, value }): [string, string] => [`${prefix}:${name}`, value]),
  ];
}

/** Names are ASCII here; namespaces need not be, and would only then differ from what others make of them. */
function byCodePoints(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapeText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character]!);
}

function escapeValue(value: string): string {
  return value.replaceAll(/[&<"\t\n\r]/g, (character) => ESCAPES[character]!);
}
