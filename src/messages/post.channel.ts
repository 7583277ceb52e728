import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NetworkCosts } from '../credentials/network-costs.service.js';
import { NetworkTokens } from '../credentials/network-tokens.service.js';
import type { Access, NetworkName, NetworkPost, NewPoll, Outcome, Page } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { Files } from '../platform/files.service.js';
import type { Tx } from '../platform/tx.js';
import type { CallOutcome } from './ending.js';
import { openMedia } from './media-file.service.js';
import { type Message, MessageMedia } from './message.entity.js';

const READY: Outcome<null> = { kind: 'done', value: null };
const PAGE = 20;
const PAGES = 5;

/** Public posts by the account's network. */
@Injectable()
export class PostChannel {
  constructor(
    private readonly db: Db,
    private readonly files: Files,
    private readonly accounts: Accounts,
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly costs: NetworkCosts,
  ) {}

  /**
   * Everything that may be repeated, so that nothing but the create call is left: a live access token, and each picture
   * uploaded and described. What is done is saved at once and not done again while the network keeps it.
   */
  async prepare(row: Message): Promise<Outcome<null>> {
    if (!row.accountId) return { kind: 'refused', why: 'invalid', detail: 'It belongs to no account.' };
    const live = await this.tokens.use(row.accountId, async () => READY);
    if (live.kind !== 'done') return live;
    for (const picture of await this.picturesOf(this.db, row.id)) {
      const uploaded = await this.upload(row.accountId, picture);
      if (uploaded.kind !== 'done') return uploaded;
      const described = await this.describe(row.accountId, picture);
      if (described.kind !== 'done') return described;
    }
    return READY;
  }

  /** The one create call, or null when a picture or the access token is not ready (any more). */
  async begin(tx: Tx, row: Message): Promise<(() => Promise<CallOutcome>) | null> {
    const { accountId } = row;
    if (!accountId) return null;
    const [pictures, use, network] = await Promise.all([
      this.picturesOf(tx, row.id),
      this.tokens.ready(tx, accountId),
      this.networkOf(accountId, tx),
    ]);
    if (!use || pictures.some((picture) => !picture.described || !usable(picture, tx.real))) return null;
    const mediaIds = pictures.map((picture) => picture.networkMediaId ?? '');
    const poll = row.data.poll as NewPoll | undefined;
    const post = { text: String(row.data.text), mediaIds, replyTo: row.replyTo ?? undefined, poll };
    return () => use((access) => network.createPost(access, post));
  }

  /** The account's own posts since an instant, newest first. */
  async timeline(accountId: string, since: Date): Promise<Outcome<NetworkPost[]>> {
    const account = await this.accounts.byId(accountId);
    const userId = account.networkUserId;
    if (!userId) return { kind: 'later', at: null, why: 'unavailable', detail: 'The account is not connected.' };
    const network = await this.networkOf(accountId);
    const answer = await this.tokens.use(accountId, async (access): Promise<Outcome<NetworkPost[]>> => {
      const found: NetworkPost[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < PAGES; page += 1) {
        const answer: Outcome<Page> = await network.posts(access, userId, { limit: PAGE, pageToken });
        if (answer.kind !== 'done') return answer;
        found.push(...answer.value.posts);
        const oldest = answer.value.posts.at(-1);
        if (!oldest || oldest.createdAt < since || !answer.value.nextPage) break;
        pageToken = answer.value.nextPage;
      }
      return { kind: 'done', value: found };
    });
    const read = answer.kind === 'done' ? answer.value.map(({ id }) => id) : [];
    if (read.length > 0) await this.db.write((tx) => this.costs.count(tx, account, 'posting', 'owned-read', read));
    return answer;
  }

  private async upload(accountId: string, picture: MessageMedia): Promise<Outcome<null>> {
    const [clock] = await this.db.query<{ real: Date }>('SELECT clock_timestamp() AS real');
    if (clock && usable(picture, clock.real)) return READY;
    const opened = await openMedia(this.files, picture, (bytesTaken) => this.taken(picture, bytesTaken));
    if (!opened) return { kind: 'refused', why: 'media-refused', detail: 'The file of its picture is gone.' };
    const network = await this.networkOf(accountId);
    const answer = await this.tokens
      .use(accountId, (access) => network.uploadMedia(access, opened.media))
      .finally(() => opened.close());
    if (answer.kind !== 'done') return answer;
    const { mediaId, expiresAt } = answer.value;
    const kept = { networkMediaId: mediaId, networkMediaExpiresAt: expiresAt, described: false };
    await this.save(Object.assign(picture, kept));
    return READY;
  }

  private async describe(accountId: string, picture: MessageMedia): Promise<Outcome<null>> {
    if (picture.described) return READY;
    const network = await this.networkOf(accountId);
    const describe = (access: Access) =>
      network.describeMedia(access, picture.networkMediaId ?? '', picture.description);
    const answer = await this.tokens.use(accountId, describe);
    if (answer.kind === 'done')
      await this.save(Object.assign(picture, { described: true }), { id: accountId, network: network.name });
    return answer;
  }

  private async save(picture: MessageMedia, described?: { id: string; network: NetworkName }): Promise<void> {
    const { messageId, position, networkMediaId, networkMediaExpiresAt } = picture;
    await this.db.write(async (tx) => {
      await tx.manager.update(
        MessageMedia,
        { messageId, position },
        { networkMediaId, networkMediaExpiresAt, described: picture.described },
      );
      if (described) await this.costs.count(tx, described, 'posting', 'media-description', [networkMediaId ?? '']);
      await this.alive(tx, messageId);
    });
  }

  /** Notes how much of a film the network has. */
  private async taken({ messageId, position }: MessageMedia, bytesTaken: number): Promise<void> {
    await this.db.write(async (tx) => {
      await tx.manager.update(MessageMedia, { messageId, position }, { bytesTaken });
      await this.alive(tx, messageId);
    });
  }

  /** The worker that prepares has shown that it is alive. */
  private async alive(tx: Tx, messageId: string): Promise<void> {
    await tx.query(
      `UPDATE messages SET lease_until = $2::timestamptz + make_interval(secs => $3)
       WHERE id = $1 AND state = 'waiting' AND lease_until IS NOT NULL`,
      [messageId, tx.real, settings.lease / 1000],
    );
  }

  private picturesOf(reader: Pick<Tx, 'query'>, messageId: string): Promise<MessageMedia[]> {
    return reader.query<MessageMedia>(
      `SELECT ${this.db.columnsOf(MessageMedia)} FROM message_media WHERE message_id = $1 ORDER BY position`,
      [messageId],
    );
  }

  private async networkOf(accountId: string, reader?: Pick<Tx, 'query'>) {
    return this.networks.for(await this.accounts.networkOf(accountId, reader));
  }
}

/** Whether the network still has the upload, with a minute to spare. */
function usable(picture: MessageMedia, real: Date): boolean {
  if (!picture.networkMediaId) return false;
  const { networkMediaExpiresAt: expiry } = picture;
  return expiry === null || expiry.getTime() - real.getTime() > 60_000;
}
