export { type OauthParts, registerOauth } from './oauth-routes.ts';
