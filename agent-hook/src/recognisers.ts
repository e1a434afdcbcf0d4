/**
 * What recognises Snowflake's credentials, clients and servers in a text: for whoever looks at files, as the hook looks at calls.
 * Nothing here reads anything, nor knows a harness.
 */
export { driverNamedIn } from './code/judge-code.ts';
export { isCredentialFile } from './commands/credentials.ts';
export { isMcpConfiguration, isSnowflakeServer } from './files/mcp-configuration.ts';
export {
  addressSecretsIn,
  isSecretKey,
  isSecretValue,
  looksRandom,
  namedSecretsIn,
  type SecretSeen,
  teaches,
} from './files/secrets.ts';
export { accountHostIn, namesRelay } from './hosts.ts';
export { isPlaceholder } from './placeholders.ts';
