import type { FastifyInstance } from 'fastify';

/** For orchestrators: whether the process lives, and whether it can do its work now. */
export function registerHealth(
  app: FastifyInstance,
  health: { readonly isReady: () => Promise<boolean> },
): void {
  app.get('/livez', async () => ({ live: true }));
  app.get('/readyz', async (_, reply) => {
    const ready = await health.isReady().catch(() => false);
    return await reply.code(ready ? 200 : 503).send({ ready });
  });
}
