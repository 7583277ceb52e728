import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Runtime } from '../../config/runtime.js';
import type { EncryptionKey } from '../../config/secrets.js';
import { KeyMissing, type SealedFor, Vault } from './vault.service.js';

const OLD: EncryptionKey = { version: '2026-1', key: Buffer.alloc(32, 1) };
const NEW: EncryptionKey = { version: '2026-2', key: Buffer.alloc(32, 2) };
const vaultWith = (encryption: EncryptionKey, ...former: EncryptionKey[]) =>
  new Vault({ secrets: { signing: '', encryption, former } } as unknown as Runtime);
const target: SealedFor = { purpose: 'account-password', id: 'a3bb189e-8bf9-3888-9912-ace4e6543002' };
const open = (vault: Vault, sealed: Buffer, from = target) => vault.use(from, sealed, (text) => text);

/** A value of format 1, as earlier versions of Baton sealed them, under a key of 32 times 7 and the version `test`. */
const FORMAT_1 = Buffer.from(
  'AQR0ZXN0ocEjecnlfilJTY78ZFwxiUg5oCM4n8vPOt7s6Ap4z+iyJUwWcFrnDwmhfXvGIW7XR0pke+g1abAAMKnZ8JQaeQmuCc4V9BR4QutgENo7d5YQTf9fPPKHgw3EjrqdElzsscKgfyk=',
  'base64',
);

describe('the vault', () => {
  it('gives back what was sealed, and seals the same text differently each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.uuid(), fc.string(), (text, id, purpose) => {
        const vault = vaultWith(OLD);
        const [one, two] = [vault.seal({ id, purpose }, text), vault.seal({ id, purpose }, text)];
        expect(open(vault, one, { id, purpose })).toBe(Buffer.from(text).toString());
        expect(one.equals(two)).toBe(false);
      }),
    );
  });

  it('opens nothing that was moved to another row or another purpose', () => {
    const vault = vaultWith(OLD);
    const sealed = vault.seal(target, 'hunter2');
    expect(() => open(vault, sealed, { ...target, id: 'b3bb189e-8bf9-3888-9912-ace4e6543002' })).toThrow();
    expect(() => open(vault, sealed, { ...target, purpose: 'account-totp' })).toThrow();
  });

  it('opens nothing of which any bit was changed, or that was cut off', () => {
    const vault = vaultWith(OLD);
    const sealed = vault.seal(target, 'hunter2');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(vault, changed)).toThrow();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => open(vault, sealed.subarray(0, length))).toThrow();
  });

  it('opens what an earlier key sealed while that key is here, and says which one is missing', () => {
    const sealed = vaultWith(OLD).seal(target, 'hunter2');
    expect(open(vaultWith(NEW, OLD), sealed)).toBe('hunter2');
    expect(() => open(vaultWith(NEW), sealed)).toThrow(new KeyMissing('2026-1'));
    expect(() => open(vaultWith({ version: '2026-1', key: NEW.key }), sealed)).toThrow();
  });

  it('wraps a value anew without touching its body', () => {
    const sealed = vaultWith(OLD).seal(target, 'hunter2');
    const rewrapped = vaultWith(NEW, OLD).rewrap(target, sealed);
    expect(open(vaultWith(NEW), rewrapped)).toBe('hunter2');
    expect(rewrapped.subarray(-35)).toEqual(sealed.subarray(-35));
    expect(() => vaultWith(NEW, OLD).rewrap({ ...target, id: 'another' }, sealed)).toThrow();
  });

  it('reads the first format, and wraps it anew in the second', () => {
    const test: EncryptionKey = { version: 'test', key: Buffer.alloc(32, 7) };
    expect(open(vaultWith(test), FORMAT_1)).toBe('an old secret');
    const rewrapped = vaultWith(NEW, test).rewrap(target, FORMAT_1);
    expect([rewrapped[0], open(vaultWith(NEW), rewrapped)]).toEqual([2, 'an old secret']);
  });
});
