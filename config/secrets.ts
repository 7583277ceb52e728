/** The keys of a running service, apart from everything else so that no log or page ever holds them by accident. */
export interface Secrets {
  /** Signs cookies. */
  signing: string;
  /** The key-encryption key in use: its version name and 32 bytes. */
  encryption: { version: string; key: Buffer };
}

/** Reads `version:base64` as env.ts has checked it. */
export function encryptionKey(text: string): Secrets['encryption'] {
  const [version = '', base64 = ''] = text.split(':');
  return { version, key: Buffer.from(base64, 'base64') };
}
