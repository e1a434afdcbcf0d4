import { type ClientGroup, type Route, type RouteGroup, ROUTES } from '@sluice/contract';

/** A route as a page asks for it. */
export interface PageRoute {
  /** `approvals.read`. */
  readonly name: string;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  /** The path below the relay's address, built anew from the table. */
  readonly path: string;
  /** Whether a person has to say so first, outside of any page. */
  readonly isConfirmed: boolean;
}

/**
 * What pages may ask for. A page shows what others wrote, and whoever found a way to run a script in one has what the page
 * has. So pages read, and try what runs nothing; what changes something is confirmed outside of them, or has a call of the
 * app's own, or is not there at all. What a later contract adds beside reading is refused until it is listed here.
 */
const PASSED: ReadonlySet<string> = new Set([
  'people.reach',
  'people.readers',
  'people.try',
  'policy.check',
  'policy.try',
  'policy.simulate',
]);

/** Each takes something away, or speaks for somebody; their words are the relay's own table's. */
const CONFIRMED: ReadonlySet<string> = new Set([
  'grants.revoke',
  'access.cancel',
  'revocations.add',
  'devices.revoke',
  'devices.vouch',
  'breakGlass.close',
  'checkpoints.take',
]);

/** Null for what the table does not have, and for what pages may not ask for. */
export function pageRouteOf(method: string, pathname: string): PageRoute | null {
  const segments = segmentsOf(pathname);
  if (segments === null) return null;
  for (const { name, route, steps } of ALL) {
    if (route.method !== method || steps.length !== segments.length) continue;
    const params = paramsOf(route, steps, segments);
    if (params === null) continue;
    const mayRead = route.method === 'GET' && READING.has(route.authority);
    if (!mayRead && !PASSED.has(name) && !CONFIRMED.has(name)) return null;
    const path = route.path.replaceAll(/:(\w+)/g, (_, param: string) => encodeURIComponent(params[param]!));
    return { name, route, params, path, isConfirmed: CONFIRMED.has(name) };
  }
  return null;
}

/** With a token that decides. What runs SQL is answered with a refusal anyway. */
const READING: ReadonlySet<string> = new Set(['anyone', 'own', 'watch']);

const ALL = (Object.keys(ROUTES) as RouteGroup[]).filter(isForPrograms).flatMap((group) =>
  Object.entries<Route>(ROUTES[group]).map(([name, route]) => ({
    name: `${group}.${name}`,
    route,
    steps: route.path.slice(1).split('/'),
  })),
);

// A name that the table does not have would let nothing in, and nobody would notice.
for (const name of [...PASSED, ...CONFIRMED]) {
  if (!ALL.some((one) => one.name === name)) throw new Error(`there is no route ${name}`);
}

function isForPrograms(group: RouteGroup): group is ClientGroup {
  return group !== 'callbacks' && group !== 'mcp' && group !== 'saml';
}

/** Decoded; null for what is no plain path, as `..`, an empty segment or a slash within one. */
function segmentsOf(pathname: string): readonly string[] | null {
  if (!pathname.startsWith('/')) return null;
  try {
    const segments = pathname.slice(1).split('/').map(decodeURIComponent);
    return segments.every((segment) => /^[^/\\]+$/.test(segment) && !/^\.+$/.test(segment)) ? segments : null;
  } catch {
    return null;
  }
}

function paramsOf(
  { params: wanted }: Route,
  steps: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | null {
  const params: Record<string, string> = {};
  for (const [at, step] of steps.entries()) {
    const segment = segments[at]!;
    if (step.startsWith(':')) params[step.slice(1)] = segment;
    else if (step !== segment) return null;
  }
  return wanted === undefined || wanted.schema.safeParse(params).success ? params : null;
}
