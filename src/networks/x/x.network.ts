import type {
  Access,
  AuthorizeRequest,
  Film,
  Found,
  MentionsPage,
  Network,
  NetworkProfile,
  NewPost,
  Outcome,
  Page,
  PageRequest,
  Picture,
  ProfilePart,
  Tokens,
} from '../network.js';
import { MENTION_FIELDS, POST_FIELDS, USER_FIELDS } from './fields.js';
import { Line, type XOptions } from './line.network.js';
import { outcomeOfErrors, unreadable, withValue } from './outcomes.js';
import { mentionsFrom, timelineFrom } from './timeline.js';
import { foundFrom, profileFrom, tokensFrom } from './translate.js';
import { upload } from './upload.network.js';
import {
  anyAnswer,
  createdAnswer,
  deletedAnswer,
  messageAnswer,
  type PostsAnswer,
  postsAnswer,
  tokenAnswer,
  userAnswer,
} from './wire.js';

const TOKEN_URL = 'https://api.x.com/2/oauth2/token';
const REVOKE_URL = 'https://api.x.com/2/oauth2/revoke';
const LOOK_UP_AT_ONCE = 100;
const HANDLE = /^\w{1,20}$/;

/** X's API v2 (https://docs.x.com/x-api), spoken through twitter-api-v2; the simulator speaks the same. */
export class XNetwork implements Network {
  readonly name = 'x';
  readonly setsProfiles: boolean;
  private readonly line: Line;

  constructor(private readonly options: XOptions) {
    this.setsProfiles = options.consumer !== null;
    this.line = new Line(options);
  }

  authorizeLink({ redirectUri, state, codeChallenge, scopes }: AuthorizeRequest): string {
    const { clientId, simulatorUrl, publicSimulatorUrl } = this.options;
    const origin = simulatorUrl ? (publicSimulatorUrl ?? simulatorUrl) : 'https://x.com';
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      scope: scopes.join(' '),
    });
    // X wants %20 between scopes, not a plus.
    return `${origin.replace(/\/$/, '')}/i/oauth2/authorize?${query.toString().replaceAll('+', '%20')}`;
  }

  exchange({ code, redirectUri, codeVerifier }: { code: string; redirectUri: string; codeVerifier: string }) {
    return this.tokens({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    });
  }

  refresh(refreshToken: string): Promise<Outcome<Tokens>> {
    return this.tokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  async revoke(token: string): Promise<Outcome<null>> {
    const revoked = await this.line.ask('change', anyAnswer, () =>
      this.line.asApp().post(REVOKE_URL, { ...this.app(), token }),
    );
    return withValue(revoked, () => null);
  }

  me(access: Access): Promise<Outcome<NetworkProfile>> {
    return this.user(access, 'users/me', {});
  }

  async profile(access: Access, handle: string): Promise<Outcome<NetworkProfile>> {
    if (!HANDLE.test(handle)) return { kind: 'refused', why: 'invalid', detail: 'That cannot be a handle on X.' };
    return this.user(access, 'users/by/username/:username', { username: handle });
  }

  async setProfile(access: Access, part: ProfilePart): Promise<Outcome<null>> {
    const x = this.line.asBefore(access);
    const set = await this.line.ask('change', anyAnswer, () => {
      if ('picture' in part) return x.updateAccountProfileImage(part.picture.bytes);
      return x.updateAccountProfile('name' in part ? part : { description: part.bio });
    });
    return withValue(set, () => null);
  }

  async uploadMedia(access: Access, media: Picture | Film) {
    const uploaded = await upload(this.line, access, media);
    return withValue(uploaded, ({ id, expiresAt }) => ({ mediaId: id, expiresAt }));
  }

  async describeMedia(access: Access, mediaId: string, text: string): Promise<Outcome<null>> {
    const described = await this.line.ask('media', anyAnswer, () =>
      this.line.as(access).post('media/metadata', { id: mediaId, metadata: { alt_text: { text } } }),
    );
    return withValue(described, () => null);
  }

  async createPost(access: Access, { text, mediaIds, replyTo, poll }: NewPost): Promise<Outcome<{ id: string }>> {
    const created = await this.line.ask('create', createdAnswer, () =>
      this.line.as(access).post('tweets', {
        text: text === '' ? undefined : text,
        media: mediaIds.length > 0 ? { media_ids: mediaIds } : undefined,
        reply: replyTo ? { in_reply_to_tweet_id: replyTo } : undefined,
        poll: poll ? { options: poll.options, duration_minutes: poll.minutes } : undefined,
      }),
    );
    return withValue(created, ({ data }) => ({ id: data.id }));
  }

  async deletePost(access: Access, id: string): Promise<Outcome<null>> {
    const deleted = await this.line.ask('change', deletedAnswer, () =>
      this.line.as(access).delete('tweets/:id', undefined, { params: { id } }),
    );
    if (deleted.kind === 'refused' && deleted.why === 'gone') return { kind: 'done', value: null };
    return withValue(deleted, () => null);
  }

  async sendDirectMessage(access: Access, userId: string, text: string): Promise<Outcome<{ id: string }>> {
    const sent = await this.line.ask('create', messageAnswer, () =>
      this.line.as(access).post('dm_conversations/with/:id/messages', { text }, { params: { id: userId } }),
    );
    return withValue(sent, ({ data }) => ({ id: data.dm_event_id }));
  }

  async posts(access: Access, userId: string, request: PageRequest): Promise<Outcome<Page>> {
    const answer = await this.page(access, 'users/:id/tweets', userId, request, POST_FIELDS);
    return answer.kind === 'done' ? timelineFrom(answer.value, userId) : answer;
  }

  async mentions(access: Access, userId: string, request: PageRequest): Promise<Outcome<MentionsPage>> {
    const answer = await this.page(access, 'users/:id/mentions', userId, request, MENTION_FIELDS);
    return answer.kind === 'done' ? mentionsFrom(answer.value) : answer;
  }

  async lookUp(access: Access, ids: string[]): Promise<Outcome<Found>> {
    const found: Found = { posts: [], missing: [] };
    for (let start = 0; start < ids.length; start += LOOK_UP_AT_ONCE) {
      const some = ids.slice(start, start + LOOK_UP_AT_ONCE);
      const answer = await this.line.ask('read', postsAnswer, () =>
        this.line.as(access).get('tweets', { ...POST_FIELDS, ids: some.join(',') }),
      );
      if (answer.kind !== 'done') return answer;
      const { posts, missing } = foundFrom(answer.value, some);
      found.posts.push(...posts);
      found.missing.push(...missing);
    }
    return { kind: 'done', value: found };
  }

  private app() {
    return { client_id: this.options.clientId, client_secret: this.options.clientSecret };
  }

  private async tokens(grant: Record<string, string>): Promise<Outcome<Tokens>> {
    const answer = await this.line.ask('token', tokenAnswer, () =>
      this.line.asApp().post(TOKEN_URL, { ...grant, ...this.app() }),
    );
    return withValue(answer, tokensFrom);
  }

  private async user(access: Access, path: string, params: { username?: string }): Promise<Outcome<NetworkProfile>> {
    const answer = await this.line.ask('read', userAnswer, () =>
      this.line.as(access).get(path, USER_FIELDS, { params }),
    );
    if (answer.kind !== 'done') return answer;
    const { data, errors = [] } = answer.value;
    if (data) return { kind: 'done', value: profileFrom(data) };
    return errors.length > 0 ? outcomeOfErrors(errors) : unreadable('read');
  }

  private page(
    access: Access,
    path: string,
    id: string,
    request: PageRequest,
    fields: Record<string, string>,
  ): Promise<Outcome<PostsAnswer>> {
    const { limit, sinceId, pageToken, exclude = [] } = request;
    const query = {
      ...fields,
      max_results: Math.min(Math.max(limit, 5), 100),
      since_id: sinceId,
      pagination_token: pageToken,
      exclude: exclude.map((kind) => (kind === 'reposts' ? 'retweets' : kind)).join(',') || undefined,
    };
    return this.line.ask('read', postsAnswer, () => this.line.as(access).get(path, query, { params: { id } }));
  }
}
