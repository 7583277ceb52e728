import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';

const FORMAT = 1;

/** What a sealed value belongs to; part of what is authenticated, so a value cannot be moved to another row. */
export interface SealedFor {
  /** E.g. `network-token`, `health-information`. */
  purpose: string;
  /** The id of the row that holds it. */
  id: string;
}

/**
 * Envelope encryption: a fresh AES-256-GCM data key per value, wrapped by a key that HKDF derives from the
 * key-encryption key for the purpose. Layout: format (1 byte) · key version (length byte + text) · nonce (12) · wrapped
 * key (32) · tag (16) · nonce (12) · ciphertext · tag (16). Plaintext exists only inside `use`.
 */
@Injectable()
export class Vault {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  seal(target: SealedFor, plaintext: string | Buffer): Buffer {
    const { version } = this.runtime.secrets.encryption;
    const dataKey = randomBytes(32);
    const context = contextOf(target, version);
    const head = Buffer.concat([Buffer.from([FORMAT, version.length]), Buffer.from(version)]);
    const wrapped = encrypt(this.wrappingKey(target.purpose, version), dataKey, context);
    const body = encrypt(dataKey, Buffer.from(plaintext), context);
    dataKey.fill(0);
    return Buffer.concat([head, wrapped, body]);
  }

  /** Opens a sealed value for the length of a call. Throws when the key, the target or the bytes do not fit. */
  use<T>(target: SealedFor, sealed: Buffer, work: (plaintext: string) => T): T {
    const length = sealed[1] ?? 0;
    if (sealed[0] !== FORMAT || sealed.length < 2 + length + 88) throw new Error('This is not a sealed value');
    const version = sealed.subarray(2, 2 + length).toString();
    const context = contextOf(target, version);
    const rest = sealed.subarray(2 + length);
    const dataKey = decrypt(this.wrappingKey(target.purpose, version), rest.subarray(0, 60), context);
    const plaintext = decrypt(dataKey, rest.subarray(60), context);
    dataKey.fill(0);
    return work(plaintext.toString());
  }

  private wrappingKey(purpose: string, version: string): Buffer {
    const { encryption } = this.runtime.secrets;
    if (encryption.version !== version) throw new Error(`The key of version ${version} is not here`);
    return Buffer.from(hkdfSync('sha256', encryption.key, Buffer.alloc(0), `baton ${purpose}`, 32));
  }
}

function contextOf({ purpose, id }: SealedFor, version: string): Buffer {
  return Buffer.from(JSON.stringify([purpose, id, version]));
}

function encrypt(key: Buffer, plaintext: Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: Buffer): Buffer {
  const tag = sealed.subarray(sealed.length - 16);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(context).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(12, sealed.length - 16)), decipher.final()]);
}
