import { config } from 'zod';

// A webview's policy lets no text become code, which is how messages would be checked faster. Before anything is declared.
config({ jitless: true });
