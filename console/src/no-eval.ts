import { config } from 'zod';

// The pages' policy lets no text become code, which is how answers would be checked faster. Before anything is declared.
config({ jitless: true });
