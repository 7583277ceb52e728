import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
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
/** Connections are kept for the next letter, but not so long that a mail server would have closed them. */
const POOL = { pool: true, maxConnections: 24, maxMessages: 100, idleTimeout: 5_000 } as const;

type OneTime = Parameters<Link>[1] & object;

/** Letters by SMTP. */
@Injectable()
export class LetterChannel implements OnApplicationShutdown {
  /** The letters that were written to the server to their end, and whose answer is awaited; by Message-ID. */
  private readonly handedOver = new Set<string>();
  private readonly transport: ReturnType<typeof this.open>;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly tokens: Tokens,
  ) {
    this.transport = this.open();
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }

  /** Why the mail server would take no letter now, or null; sends nothing. */
  async trouble(): Promise<string | null> {
    return this.transport.verify().then(
      () => null,
      (error: Error) => error.message,
    );
  }

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
    const messageId = `<${row.id}@${new URL(this.runtime.publicUrl).hostname}>`;
    try {
      const { response } = await this.transport.sendMail({
        from: this.runtime.env.MAIL_FROM,
        to: { name: '', address: row.address },
        subject: letter.subject,
        text: asText(letter),
        html: asHtml(letter),
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(LIMIT),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return { kind: 'done', value: { id: response } };
    } catch (error) {
      return mailOutcome(error as Error, this.handedOver.has(messageId));
    } finally {
      this.handedOver.delete(messageId);
    }
  }

  private open() {
    const transport = nodemailer.createTransport({ url: this.runtime.smtpUrl, ...POOL, ...TIMEOUTS });
    transport.use('stream', (mail, next) => {
      const note = () => this.handedOver.add(String(mail.data.messageId));
      mail.message.processFunc((stream) => stream.once('end', note));
      next();
    });
    return transport;
  }
}
