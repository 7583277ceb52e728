/** The calls that the simulator knows, by the names that faults, limits, the log and the meter use. */
export const ENDPOINTS = [
  'me',
  'user',
  'create',
  'delete',
  'lookup',
  'timeline',
  'mentions',
  'message',
  'media-initialize',
  'media-append',
  'media-finalize',
  'media-status',
  'media-upload',
  'media-metadata',
  'token',
  'revoke',
  'profile',
  'picture',
  'mail',
] as const;

export type EndpointName = (typeof ENDPOINTS)[number];
