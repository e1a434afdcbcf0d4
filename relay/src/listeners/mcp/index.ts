export { type McpParts, registerMcp } from './mcp-routes.ts';
