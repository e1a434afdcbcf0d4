import { SluiceError } from '../../errors.ts';
import type { Checkpoint } from '../../recording/index.ts';
import type { Router } from '../router/index.ts';
import { mustBeOneOf } from './must-be-one-of.ts';
import type { ApiParts } from './parts.ts';

/** What the relay has signed: for everybody who is signed in, since the more of them keep it, the less can be rewritten. */
export async function checkpointRoutes(
  router: Router,
  { checkpoints, devices, groups }: ApiParts,
): Promise<void> {
  const first = ([found]: readonly Checkpoint[]) => {
    if (found === undefined) throw new SluiceError('checkpoint_unknown', 'there is no such checkpoint');
    return { status: 200, body: found } as const;
  };

  await router.serve('checkpoints', {
    async list({ query: { below, limit } }) {
      const found = await checkpoints.list({ limit, ...(below === undefined ? {} : { below }) });
      return { status: 200, body: { version: 1, checkpoints: found } };
    },
    keys: async () => ({ status: 200, body: { version: 1, ...(await checkpoints.keys()) } }),
    newest: async () => first(await checkpoints.list({ limit: 1 })),
    async read({ params: { size } }) {
      const found = await checkpoints.list({ below: size + 1, limit: 1 });
      return first(found.filter((each) => each.size === size));
    },
    async proof({ params: { size }, query: { from } }) {
      return { status: 200, body: { version: 1, from, size, proof: await checkpoints.proof(from, size) } };
    },
    async handovers() {
      return { status: 200, body: { version: 1, handovers: await checkpoints.handovers() } };
    },
    async cosign({ by, body: { size, line } }) {
      const own = (await devices.list(by)).filter(({ revokedAt }) => revokedAt === null);
      const order = { size, line, devices: own.map(({ key }) => key) };
      return { status: 200, body: await checkpoints.cosign(order) };
    },
    async take({ by }) {
      const takers = [...groups.auditors, ...groups.recordKeepers];
      mustBeOneOf(by, takers, 'only auditors and record keepers take checkpoints');
      return { status: 201, body: await checkpoints.take() };
    },
  });
}
