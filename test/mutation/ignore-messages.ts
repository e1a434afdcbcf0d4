/** What a plugin of Stryker sees of the tree: Babel's nodes, as far as they matter here. */
interface Place {
  readonly node: Node;
  readonly key: string | number | null;
  readonly listKey?: string;
  readonly parent: Node | null;
}
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly key?: Node;
}

/**
 * Words for people are left alone: an error's message and advice, which tests should not fix letter by letter.
 * Its code, and the rule that it names, are behaviour.
 */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'messages',
    value: {
      shouldIgnore: (place: Place): string | undefined =>
        isMessage(place) || isAdvice(place) ? 'words for people' : undefined,
    },
  },
];

function isMessage({ key, listKey, parent }: Place): boolean {
  if (parent?.type !== 'NewExpression' || listKey !== 'arguments') return false;
  const name = parent.callee?.name ?? '';
  return (name === 'SluiceError' && key === 1) || (name === 'Error' && key === 0);
}

function isAdvice({ node }: Place): boolean {
  return node.type === 'ObjectProperty' && node.key?.name === 'advice';
}
