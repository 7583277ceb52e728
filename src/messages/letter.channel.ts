import { Inject, Injectable } from '@nestjs/common';
import nodemailer from 'nodemailer';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Tokens } from '../platform/tokens.service.js';
import type { Tx } from '../platform/tx.js';
import type { CallOutcome } from './ending.js';
import { asHtml, asText, type Letter, type Link } from './letters/letter.js';
import { type LetterName, writeLetter } from './letters/letters.js';
import { mailOutcome } from './mail-answer.js';
import type { Message } from './message.entity.js';

const LIMIT = settings.outsideTimeout;
const TIMEOUTS = { connectionTimeout: LIMIT, greetingTimeout: LIMIT, socketTimeout: LIMIT, dnsTimeout: LIMIT };

type OneTime = Parameters<Link>[1] & object;

/** Letters by SMTP. */
@Injectable()
export class LetterChannel {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly tokens: Tokens,
  ) {}

  /** Writes the letter and mints its one-time links in this transaction; gives the one call that sends it. */
  async begin(tx: Tx, row: Message): Promise<() => Promise<CallOutcome>> {
    const letter = await this.write(tx, row);
    return () => this.send(row, letter);
  }

  /** Letters are plain functions: written once to learn which links they need, and again with those. */
  private async write(tx: Tx, row: Message): Promise<Letter> {
    const name = row.template as LetterName;
    const wanted = new Map<string, OneTime>();
    writeLetter(name, row.data as never, (_path, token) => {
      if (token) wanted.set(JSON.stringify(token), token);
      return '';
    });
    const minted = new Map<string, string>();
    for (const [key, { purpose, subject, until }] of wanted) {
      const expiresAt = until ?? new Date(tx.now.getTime() + settings.linkLife);
      minted.set(key, await this.tokens.mint(tx, purpose, subject, expiresAt));
    }
    return writeLetter(name, row.data as never, (path, token) => {
      const end = token ? `/${minted.get(JSON.stringify(token))}` : '';
      return `${this.runtime.publicUrl}${path}${end}`;
    });
  }

  private async send(row: Message, letter: Letter): Promise<CallOutcome> {
    if (!row.address) return { kind: 'refused', why: 'invalid', detail: 'There is no address to send it to.' };
    let handedOver = false;
    const transport = nodemailer.createTransport({ url: this.runtime.smtpUrl, ...TIMEOUTS });
    transport.use('stream', (mail, next) => {
      mail.message.processFunc((stream) => stream.once('end', () => (handedOver = true)));
      next();
    });
    try {
      const { response } = await transport.sendMail({
        from: this.runtime.env.MAIL_FROM,
        to: { name: '', address: row.address },
        subject: letter.subject,
        text: asText(letter),
        html: asHtml(letter),
        messageId: `<${row.id}@${new URL(this.runtime.publicUrl).hostname}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(LIMIT),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return { kind: 'done', value: { id: response } };
    } catch (error) {
      return mailOutcome(error as Error, handedOver);
    }
  }
}
