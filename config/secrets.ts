/** A key-encryption key: its version name and 32 bytes. */
export interface EncryptionKey {
  version: string;
  key: Buffer;
}

/** The keys of a running service, apart from everything else so that no log or page ever holds them by accident. */
export interface Secrets {
  /** Signs cookies. */
  signing: string;
  /** Seals everything from now on. */
  encryption: EncryptionKey;
  /** Keys of earlier versions, which still open what was not sealed anew since. */
  former: EncryptionKey[];
}

/** What a key must look like, as text. */
export const ENCRYPTION_KEY = /^[a-z0-9-]{1,16}:[A-Za-z0-9+/]{43}=$/;

/** Reads `version:base64` as env.ts has checked it. */
export function encryptionKey(text: string): EncryptionKey {
  const [version = '', base64 = ''] = text.split(':');
  return { version, key: Buffer.from(base64, 'base64') };
}
