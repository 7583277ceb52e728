import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { createTransport } from 'nodemailer';
import type { Mail } from '../../src/simulator/rows.js';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
beforeAll(async () => {
  network = await PretendNetwork.start();
});
afterAll(() => network.stop());
beforeEach(async () => {
  network.moveClock('2026-11-23T09:00:00Z');
  await network.post('reset', {});
});

const LETTER = {
  from: 'Baton <baton@localhost>',
  to: 'Ada <ada@example.org>',
  subject: 'Please confirm your address – Dydd da',
  text: 'Hello Ada,\n\nfollow https://baton.example/verify?a=1&b=2.\n',
  html: '<p>Hello <b>Ada</b>, <a href="https://baton.example/verify?a=1&amp;b=2">confirm</a></p><script>alert(1)</script>',
};
const send = (letter: object = {}) =>
  createTransport({ host: '127.0.0.1', port: network.smtpPort, secure: false }).sendMail({ ...LETTER, ...letter });
const mailbox = () => network.get<Mail[]>('mail.json');

describe('a letter', () => {
  it('is caught with its text, its HTML and its links, the newest first', async () => {
    await send();
    await send({ subject: 'A second one', to: 'grace@example.org' });
    const [second, first] = await mailbox();
    expect(second).toMatchObject({ subject: 'A second one', to: 'grace@example.org' });
    expect(first).toMatchObject({
      id: expect.any(String),
      to: '"Ada" <ada@example.org>',
      from: '"Baton" <baton@localhost>',
      subject: LETTER.subject,
      at: '2026-11-23T09:00:00.000Z',
      text: LETTER.text,
      html: LETTER.html,
      links: ['https://baton.example/verify?a=1&b=2'],
    });
  });

  it('is read on a page, and runs nothing there', async () => {
    await send();
    const [mail] = await mailbox();
    const list = parse(await (await fetch(`${network.url}/simulator/mail`)).text());
    expect(list.querySelector(`a[href="/simulator/mail/${mail?.id}"]`)?.text).toBe(LETTER.subject);
    const page = parse(await (await fetch(`${network.url}/simulator/mail/${mail?.id}`)).text());
    expect(page.querySelector('.card a')?.getAttribute('href')).toBe('https://baton.example/verify?a=1&b=2');
    const letter = await fetch(`${network.url}${page.querySelector('a[href$="/letter"]')?.getAttribute('href')}`);
    expect(letter.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect((await fetch(`${network.url}/simulator/mail/1`)).status).toBe(404);
  });

  it('survives a restart, until the mailbox is emptied', async () => {
    await send();
    await network.restart();
    expect(await mailbox()).toHaveLength(1);
    await fetch(`${network.url}/simulator/mail`, { method: 'DELETE' });
    expect(await mailbox()).toEqual([]);
  });
});

describe('a faulty mail server', () => {
  const fault = (kind: string) => network.post('faults', { endpoint: 'mail', kind });

  it.each([
    ['mail-451', 451],
    ['mail-550', 550],
  ])('refuses a letter (%s)', async (kind, code) => {
    await fault(kind);
    expect(await failure(send())).toMatchObject({ responseCode: code });
    expect(await mailbox()).toEqual([]);
    await send();
    expect(await mailbox()).toHaveLength(1);
  });

  it('hangs up with or without having taken the letter', async () => {
    await fault('mail-reset');
    expect(await failure(send())).toBeInstanceOf(Error);
    expect(await mailbox()).toHaveLength(0);
    await fault('mail-applied-reset');
    expect(await failure(send())).toBeInstanceOf(Error);
    expect(await mailbox()).toHaveLength(1);
  });
});
