import type { FastifyInstance } from 'fastify';
import { abortByQueryId, abortByRequestId } from './abort.ts';
import { createChunkSecrets } from './chunk-secret.ts';
import { sendChunk } from './chunks.ts';
import { closeSession } from './close-session.ts';
import type { Listening } from './deps.ts';
import { registerFiles } from './files.ts';
import { heartbeat } from './heartbeat.ts';
import { login } from './login.ts';
import { monitor } from './monitoring.ts';
import { requestQuery } from './query-request.ts';
import { renew } from './renew.ts';
import { fetchResult } from './result.ts';
import { requireSession } from './session-auth.ts';
import { dropTelemetry } from './telemetry.ts';
import { createUploadPlaces } from './upload-places.ts';

/** Every endpoint that is spoken (driver protocol, section 1). What is not here is refused and recorded. */
export function registerRoutes(app: FastifyInstance, listening: Listening): void {
  const secrets = createChunkSecrets({
    keys: listening.linkKeys,
    relay: listening.relays.self,
    now: listening.now,
    ms: listening.options.chunkMs,
  });
  const answering = { secrets, uploads: createUploadPlaces() };
  const signedIn = { onRequest: requireSession(listening) };
  const statement = { ...signedIn, bodyLimit: listening.options.statementBytes };

  app.post('/session/v1/login-request', login(listening));
  app.post('/session/token-request', renew(listening));
  app.post('/session/heartbeat', signedIn, heartbeat(listening));
  app.post('/session', signedIn, closeSession(listening));

  app.post('/queries/v1/query-request', statement, requestQuery(listening, answering));
  app.get('/queries/:queryId/result', signedIn, fetchResult(listening, answering));
  app.post('/queries/v1/abort-request', signedIn, abortByRequestId(listening));
  app.post('/queries/:queryId/abort-request', signedIn, abortByQueryId(listening));
  app.get('/monitoring/queries/:queryId', signedIn, monitor(listening));
  app.get('/results/:queryId/chunks/:index', sendChunk(listening, secrets));

  registerFiles(app, listening);

  app.post('/telemetry/send', signedIn, dropTelemetry());
}
