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
  readonly property?: Node;
  readonly key?: Node;
  readonly properties?: readonly Node[];
  readonly test?: Node | null;
}

/**
 * What no test should fix or can reach. Words for people: an error's message, advice and cause; its code, and
 * the rule that it names, are behaviour. Words for agents: what a tool and its parameters are for. And the last
 * branch of a switch, which the compiler keeps unreachable.
 */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'ignored',
    value: {
      shouldIgnore(place: Place): string | undefined {
        if (isMessage(place) || isAdvice(place)) return 'words for people';
        if (isDescription(place)) return 'words for agents';
        return isDefault(place) ? 'cannot be reached' : undefined;
      },
    },
  },
];

function isMessage({ key, listKey, parent }: Place): boolean {
  if (parent?.type !== 'NewExpression' || listKey !== 'arguments') return false;
  const name = parent.callee?.name ?? '';
  return (name === 'SluiceError' && key === 1) || (name === 'Error' && key === 0);
}

const ASIDE: ReadonlySet<string> = new Set(['advice', 'cause']);

function isAdvice({ node }: Place): boolean {
  if (node.type === 'ObjectProperty') return node.key?.name === 'advice';
  if (node.type !== 'ObjectExpression' || node.properties === undefined) return false;
  return node.properties.length > 0 && node.properties.every(({ key }) => ASIDE.has(key?.name ?? ''));
}

const OF_A_TOOL: ReadonlySet<string> = new Set(['title', 'description', 'instructions']);

function isDescription({ node, listKey, parent }: Place): boolean {
  if (parent?.type === 'CallExpression' && listKey === 'arguments') {
    const { callee } = parent;
    return callee?.type === 'MemberExpression' && callee.property?.name === 'describe';
  }
  return node.type === 'ObjectProperty' && OF_A_TOOL.has(node.key?.name ?? '');
}

function isDefault({ node }: Place): boolean {
  return node.type === 'SwitchCase' && node.test === null;
}
