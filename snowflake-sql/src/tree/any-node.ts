import type { SourceRange } from '../source-range.ts';
import type { Statement } from './statements.ts';

/**
 * A node of any kind that can occur in a statement. The union is derived from the types of the nodes' fields, so a new
 * kind joins it as soon as some node can hold it, and every list of kinds that lacks it fails the type check.
 */
export type AnyNode = Reachable<Statement>;

export type NodeKind = AnyNode['kind'];

export type NodeOfKind<Kind extends NodeKind> = Extract<AnyNode, { readonly kind: Kind }>;

/** The fields of a kind of node that can hold nodes. */
export type ChildField<Kind extends NodeKind> = NodeField<NodeOfKind<Kind>>;

interface Shape extends SourceRange {
  readonly kind: string;
}

type Reachable<New extends Shape, Seen extends Shape = never> = [New] extends [never]
  ? Seen
  : Reachable<Exclude<FieldNodes<New>, Seen | New>, Seen | New>;

type FieldNodes<Node> = Node extends Shape ? { [Field in keyof Node]: Held<Node[Field]> }[keyof Node] : never;

type NodeField<Node> = {
  [Field in keyof Node]: [Held<Node[Field]>] extends [never] ? never : Field & string;
}[keyof Node];

type Held<Value> = Extract<Value extends readonly (infer Item)[] ? Item : Value, Shape>;
