import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { EncryptionKey } from '../../config/secrets.js';

/** What the body is authenticated with: in format 1 also the key's version, so that its keys could not be changed. */
const FORMATS = [1, 2];
const FORMAT = 2;
/** Nonce (12), data key (32), tag (16). */
const WRAP = 60;

/** What a sealed value belongs to; part of what is authenticated, so a value cannot be moved to another row. */
export interface SealedFor {
  /** E.g. `network-token`, `health-information`. */
  purpose: string;
  /** The id of the row that holds it. */
  id: string;
}

/** No key of this version is here. */
export class KeyMissing extends Error {
  constructor(readonly version: string) {
    super(`The key of version ${version} is not here`);
  }
}

/**
 * Envelope encryption: a fresh AES-256-GCM data key per value, wrapped by a key that HKDF derives from the
 * key-encryption key for the purpose. Layout: format (1 byte) · key version (length byte + text) · nonce (12) · wrapped
 * key (32) · tag (16) · nonce (12) · ciphertext · tag (16). The wrap is authenticated with purpose, id and version, the
 * body with purpose and id. Plaintext exists only inside `use`.
 */
@Injectable()
export class Vault {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  seal(target: SealedFor, plaintext: string | Buffer): Buffer {
    const dataKey = randomBytes(32);
    try {
      const body = encrypt(dataKey, Buffer.from(plaintext), bodyContext(target));
      return this.assembled(target, dataKey, body);
    } finally {
      dataKey.fill(0);
    }
  }

  /** Opens a sealed value for the length of a call. Throws when the key, the target or the bytes do not fit. */
  use<T>(target: SealedFor, sealed: Buffer, work: (plaintext: string) => T): T {
    return this.opened(target, sealed, (dataKey, { format, version, body }) => {
      const context = format === 1 ? wrapContext(target, version) : bodyContext(target);
      return work(decrypt(dataKey, body, context).toString());
    });
  }

  /** The same value under the key in use; its body stays byte for byte where its format allows it. Throws as `use` does. */
  rewrap(target: SealedFor, sealed: Buffer): Buffer {
    const { format } = partsOf(sealed);
    if (format === 1) return this.use(target, sealed, (plaintext) => this.seal(target, plaintext));
    return this.opened(target, sealed, (dataKey, { body }) => this.assembled(target, dataKey, body));
  }

  /** Throws KeyMissing, or another Error when the key of that version is not the one it was sealed with. */
  check(target: SealedFor, sealed: Buffer): void {
    this.opened(target, sealed, () => undefined);
  }

  private opened<T>(target: SealedFor, sealed: Buffer, work: (dataKey: Buffer, parts: Parts) => T): T {
    const parts = partsOf(sealed);
    const wrapping = this.wrappingKey(target.purpose, this.key(parts.version));
    const dataKey = decrypt(wrapping, parts.wrap, wrapContext(target, parts.version));
    try {
      return work(dataKey, parts);
    } finally {
      dataKey.fill(0);
    }
  }

  private assembled(target: SealedFor, dataKey: Buffer, body: Buffer): Buffer {
    const { encryption } = this.runtime.secrets;
    const version = Buffer.from(encryption.version);
    const wrap = encrypt(
      this.wrappingKey(target.purpose, encryption),
      dataKey,
      wrapContext(target, encryption.version),
    );
    return Buffer.concat([Buffer.from([FORMAT, version.length]), version, wrap, body]);
  }

  private key(version: string): EncryptionKey {
    const { encryption, former } = this.runtime.secrets;
    const found = [encryption, ...former].find((key) => key.version === version);
    if (!found) throw new KeyMissing(version);
    return found;
  }

  private wrappingKey(purpose: string, { key }: EncryptionKey): Buffer {
    return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `baton ${purpose}`, 32));
  }
}

interface Parts {
  format: number;
  version: string;
  wrap: Buffer;
  body: Buffer;
}

function partsOf(sealed: Buffer): Parts {
  const [format = 0, length = 0] = sealed;
  if (!FORMATS.includes(format) || sealed.length < 2 + length + WRAP + 28)
    throw new Error('This is not a sealed value');
  const wrapAt = 2 + length;
  return {
    format,
    version: sealed.subarray(2, wrapAt).toString(),
    wrap: sealed.subarray(wrapAt, wrapAt + WRAP),
    body: sealed.subarray(wrapAt + WRAP),
  };
}

function wrapContext({ purpose, id }: SealedFor, version: string): Buffer {
  return Buffer.from(JSON.stringify([purpose, id, version]));
}

function bodyContext({ purpose, id }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify([purpose, id]));
}

function encrypt(key: Buffer, plaintext: Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: Buffer): Buffer {
  const tag = sealed.subarray(sealed.length - 16);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(context).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(12, sealed.length - 16)), decipher.final()]);
}
