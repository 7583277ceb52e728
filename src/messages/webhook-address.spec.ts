import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bareHost, isAddress, mayCall, shownAddress, webhookProblem } from './webhook-address.js';

const OUT = { loopback: false };
const HERE = { loopback: true };

/** The same rules, kept by Node's own list. */
const closed = new BlockList();
for (const [net, length] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closed.addSubnet(net, length, 'ipv4');
const open6 = new BlockList();
open6.addSubnet('2000::', 3, 'ipv6');

const v4 = fc.ipV4();
/** Addresses near the edges of private space come often enough to matter. */
const nearV4 = fc
  .tuple(
    fc.constantFrom(
      '10',
      '9',
      '11',
      '100.64',
      '100.127',
      '100.128',
      '127',
      '169.254',
      '172.15',
      '172.16',
      '172.31',
      '172.32',
      '192.168',
      '198.18',
      '198.19',
      '223',
      '224',
      '255',
    ),
    fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 }),
  )
  .map(([start, rest]) => [...start.split('.'), ...rest.map(String)].slice(0, 4).join('.'));

describe('the address that is called', () => {
  it('is never a private, loopback, link-local, shared or multicast one, as Node’s own list has them', () => {
    fc.assert(
      fc.property(fc.oneof(v4, nearV4), (address) => {
        if (closed.check(address, 'ipv4')) expect([address, mayCall(address, OUT)]).toEqual([address, false]);
      }),
      { numRuns: 2000 },
    );
  });

  it('may be any other of IPv4 but a handful of special blocks', () => {
    const special = /^(192\.0\.[02]|192\.88\.99|198\.51\.100|203\.0\.113)\.|^168\.63\.129\.16$/;
    fc.assert(
      fc.property(fc.oneof(v4, nearV4), (address) => {
        fc.pre(!closed.check(address, 'ipv4') && !special.test(address));
        expect([address, mayCall(address, OUT)]).toEqual([address, true]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is never an IPv6 one outside of global unicast, nor one that carries an IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (!open6.check(address, 'ipv6')) expect([address, mayCall(address, OUT)]).toEqual([address, false]);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(v4, (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const form of [
          `::ffff:${address}`,
          `::ffff:${hex}`,
          `::${address}`,
          `64:ff9b::${address}`,
          `2002:${hex}::1`,
        ])
          expect([form, mayCall(form, OUT)]).toEqual([form, false]);
      }),
    );
  });

  it('is read exactly where Node reads an address, and in no other spelling', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), fc.domain(), fc.string()), (text) => {
        fc.pre(!text.includes('%'));
        expect([text, isAddress(text)]).toEqual([text, isIP(text) !== 0]);
      }),
      { numRuns: 3000 },
    );
    expect([isIPv4('8.8.8.8'), isIPv6('2606:4700::1111')]).toEqual([true, true]);
    expect([mayCall('8.8.8.8', OUT), mayCall('2606:4700::1111', OUT)]).toEqual([true, true]);
  });

  it.each([
    '169.254.169.254',
    '168.63.129.16',
    '100.100.100.200',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '2001:db8::1',
    '2001::1',
    '0x7f.0.0.1',
    '2130706433',
    '',
  ])('is not %s', (address) => {
    expect(mayCall(address, OUT)).toBe(false);
  });

  it('is this machine’s own only beside the simulator', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1'].map((address) => mayCall(address, HERE))).toEqual([true, true, true]);
    expect(['10.0.0.1', '::ffff:127.0.0.1', '169.254.169.254'].map((address) => mayCall(address, HERE))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('what a keeper gives', () => {
  it('is taken when it is https on the public internet', () => {
    expect(webhookProblem('https://hooks.slack.com/services/T0/B0/x', OUT)).toBeNull();
    expect(webhookProblem('https://8.8.8.8:8443/x', OUT)).toBeNull();
  });

  it.each([
    'http://hooks.slack.com/x',
    'ftp://hooks.slack.com/x',
    'https://kim:secret@hooks.slack.com/x',
    'https://localhost/x',
    'https://printer.local/x',
    'https://metadata.google.internal/x',
    'https://intranet/x',
    'https://127.0.0.1/x',
    'https://0x7f000001/x',
    'https://2130706433/x',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'http://127.0.0.1:9/x',
    'hooks.slack.com/x',
    `https://hooks.slack.com/${'x'.repeat(2000)}`,
    '',
  ])('is refused as %s', (given) => {
    expect(webhookProblem(given, OUT)).toMatch(/^(Enter|The address)/);
  });

  it('may be this machine beside the simulator, without https', () => {
    expect(webhookProblem('http://127.0.0.1:9000/x', HERE)).toBeNull();
    expect(webhookProblem('http://[::1]:9000/x', HERE)).toBeNull();
    expect(webhookProblem('http://10.0.0.1/x', HERE)).not.toBeNull();
  });

  it('is shown as its host and its last four characters', () => {
    expect(shownAddress('https://hooks.slack.com/services/T0/B0/secret1234')).toBe('hooks.slack.com …1234');
    expect(bareHost(new URL('https://[2606:4700::1111]/'))).toBe('2606:4700::1111');
  });
});
