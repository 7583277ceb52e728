/** Addresses of the service's own pages, which no account may have as its slug. */
export const RESERVED_SLUGS = new Set([
  ...['about', 'accessibility', 'admin', 'applications', 'assets', 'embed', 'embed.js', 'health', 'login', 'me', 'metrics'],
  ...['offers', 'openapi', 'openapi.json', 'privacy', 'setup', 'sign-in', 'sign-out', 'simulator', 'status', 'team', 'terms'],
]);
