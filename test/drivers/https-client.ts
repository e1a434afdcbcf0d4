// Run as a process of its own, because Node reads NODE_EXTRA_CA_CERTS when it starts: one query over https.
import snowflake from 'snowflake-sdk';
import { connect, disconnect, execute } from './node-driver.ts';

snowflake.configure({ disableOCSPChecks: true }); // a private CA has no responder to ask
const port = Number(process.argv[2]);
const connection = await connect(port, { accessUrl: `https://localhost:${port}` });
const { rows } = await execute(connection, 'SELECT many');
await disconnect(connection);
process.stdout.write(JSON.stringify({ rows: rows.length, last: rows.at(-1) }));
