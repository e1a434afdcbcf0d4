export { registerSaml, type SamlParts } from './saml-routes.ts';
