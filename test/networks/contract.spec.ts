import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Network, NetworkPost, NewPost, Outcome, Picture, ProfilePart } from '../../src/networks/network.js';
import { codePointSlice } from '../../src/networks/text.js';
import { film } from '../support/film.js';
import { startSimulatedX } from './simulated-x.js';
import type { Call, Trouble, World } from './world.js';

const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const CALLBACK = 'http://127.0.0.1:3000/team/nhs/connection';
const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'dm.read', 'dm.write', 'offline.access'];

describe.each([['X, as the simulator speaks it', startSimulatedX]])('%s', (_, start) => {
  let world: World;
  let written = 0;

  beforeAll(async () => {
    world = await start();
  });

  afterAll(() => world.stop());

  const words = () => `Good morning number ${++written}`;
  const create = (post: Partial<NewPost> = {}) =>
    world.network.createPost(world.account.access, { text: words(), mediaIds: [], ...post });
  const mentions = (request: { limit: number; sinceId?: string; pageToken?: string }) =>
    world.network.mentions(world.account.access, world.account.id, request);
  const timeline = async () => done(await world.network.posts(world.account.access, world.account.id, { limit: 100 }));

  async function found(id: string): Promise<NetworkPost> {
    const [post] = done(await world.network.lookUp(world.account.access, [id])).posts;
    if (!post) throw new Error(`${id} was not found`);
    return post;
  }

  async function connect() {
    const request = { redirectUri: CALLBACK, state: 'a-state', codeChallenge: CHALLENGE, scopes: SCOPES };
    const back = await world.agree(world.network.authorizeLink(request));
    return { back, code: back.searchParams.get('code') ?? '' };
  }

  const exchange = (code: string, codeVerifier = VERIFIER) =>
    world.network.exchange({ code, redirectUri: CALLBACK, codeVerifier });

  describe('connecting an account', () => {
    it('comes back with its state and a code for tokens that work', async () => {
      const { back, code } = await connect();
      expect(back.origin + back.pathname).toBe(CALLBACK);
      expect(back.searchParams.get('state')).toBe('a-state');
      const tokens = done(await exchange(code));
      expect(tokens).toMatchObject({ expiresInSeconds: 7200, scopes: SCOPES, refreshToken: expect.any(String) });
      const me = done(await world.network.me({ token: tokens.accessToken }));
      expect(me).toMatchObject({ id: world.account.id, handle: world.account.handle });
    });

    it('takes no code twice, and none with another verifier', async () => {
      const { code } = await connect();
      expect(await exchange(code, `${VERIFIER}-not`)).toMatchObject({ kind: 'refused', why: 'not-signed-in' });
      const again = await connect();
      await exchange(again.code);
      expect(await exchange(again.code)).toMatchObject({ kind: 'refused', why: 'not-signed-in' });
    });

    it('lives on by its refresh token, once', async () => {
      const first = done(await exchange((await connect()).code));
      const second = done(await world.network.refresh(first.refreshToken ?? ''));
      expect(second.refreshToken).not.toBe(first.refreshToken);
      expect((await world.network.me({ token: second.accessToken })).kind).toBe('done');
      const spent = await world.network.refresh(first.refreshToken ?? '');
      expect(spent).toMatchObject({ kind: 'refused', why: 'not-signed-in' });
    });

    it('ends when it is revoked', async () => {
      const { accessToken, refreshToken } = done(await exchange((await connect()).code));
      expect(await world.network.revoke(accessToken)).toEqual({ kind: 'done', value: null });
      expect(await world.network.me({ token: accessToken })).toMatchObject({ kind: 'refused', why: 'not-signed-in' });
      expect(await world.network.revoke(refreshToken ?? '')).toEqual({ kind: 'done', value: null });
      expect(await world.network.refresh(refreshToken ?? '')).toMatchObject({ kind: 'refused', why: 'not-signed-in' });
    });

    it('cannot tell whether a refresh that was not answered has spent its token', async () => {
      const { refreshToken } = done(await exchange((await connect()).code));
      await world.trouble('token', 'silence-after-acting');
      expect(await world.network.refresh(refreshToken ?? '')).toMatchObject({ kind: 'unknown' });
    });
  });

  describe('people', () => {
    it('are found by handle', async () => {
      const outcome = await world.network.profile(world.account.access, world.stranger.handle);
      expect(done(outcome)).toMatchObject({ id: world.stranger.id, handle: world.stranger.handle });
    });

    it('who are not there are gone', async () => {
      const outcome = await world.network.profile(world.account.access, 'nobody_at_all');
      expect(outcome).toMatchObject({ kind: 'refused', why: 'gone' });
    });
  });

  describe('the account’s own profile', () => {
    const me = async () => done(await world.network.me(world.account.access));
    const set = (part: ProfilePart, signing = world.account.signing) => world.network.setProfile(signing, part);

    it('takes a name and a bio, each by exactly one call that leaves the other as it is', async () => {
      const before = await world.arrived('set-name');
      expect(await set({ bio: 'A new voice each week: R&D, “quotes” + 50%' })).toEqual({ kind: 'done', value: null });
      expect(await set({ name: 'NHS / Ada' })).toEqual({ kind: 'done', value: null });
      expect(await world.arrived('set-name')).toBe(before + 2);
      expect(await me()).toMatchObject({ name: 'NHS / Ada', bio: 'A new voice each week: R&D, “quotes” + 50%' });
    });

    it('takes a picture', async () => {
      const { pictureUrl } = await me();
      const bytes = await picture('image/jpeg', 400);
      expect(await set({ picture: { bytes, type: 'image/jpeg' } })).toEqual({ kind: 'done', value: null });
      expect((await me()).pictureUrl).not.toBe(pictureUrl);
    });

    it('takes nothing that is signed with wrong keys, and says so of what signs', async () => {
      const forged = { ...world.account.signing, secret: 'a guess' };
      expect(await set({ name: 'Somebody else' }, forged)).toMatchObject({ kind: 'refused', why: 'not-signed-in' });
      expect(done(await world.network.me(world.account.signing))).toMatchObject({ id: world.account.id });
    });

    it('refuses what is too long', async () => {
      expect((await set({ name: 'n'.repeat(51) })).kind).toBe('refused');
    });

    it.each<[Trouble, object]>([
      ['rate-limit', { kind: 'later', why: 'rate-limit' }],
      ['failure', { kind: 'later', why: 'unavailable' }],
      ['silence-after-acting', { kind: 'later', why: 'unavailable' }],
      ['no-credits', { kind: 'later', why: 'no-credits' }],
      ['no-such-right', { kind: 'refused', why: 'forbidden' }],
      ['signed-out', { kind: 'refused', why: 'not-signed-in' }],
    ])('says how it ended when it meets %s, and may be set again', async (trouble, outcome) => {
      await world.trouble('set-name', trouble);
      expect(await set({ name: 'NHS' })).toMatchObject(outcome);
      expect(await set({ name: 'NHS' })).toEqual({ kind: 'done', value: null });
    });
  });

  describe('a post', () => {
    it('is created by exactly one call, and then it is there', async () => {
      const text = words();
      const before = await world.arrived('create');
      const { id } = done(await create({ text }));
      expect(await world.arrived('create')).toBe(before + 1);
      expect(await found(id)).toMatchObject({ id, text, authorId: world.account.id, edited: false, replyTo: null });
    });

    it('keeps its words, and has its entities at the right code points', async () => {
      const text = `👩🏽‍⚕️ A&E <3 says hello @${world.stranger.handle} 🇬🇧 #NHScurator ${++written} $NHS https://www.nhs.uk/live-well?a=1&b=2`;
      const post = await found(done(await create({ text })).id);
      const at = ({ start, end }: { start: number; end: number }) => codePointSlice(post.text, start, end);
      const { links, mentions, hashtags, cashtags } = post.entities;
      expect(mentions.map((mention) => [at(mention), mention.handle])).toEqual([
        [`@${world.stranger.handle}`, world.stranger.handle],
      ]);
      expect(hashtags.map((tag) => [at(tag), tag.tag])).toEqual([['#NHScurator', 'NHScurator']]);
      expect(cashtags.map((tag) => [at(tag), tag.tag])).toEqual([['$NHS', 'NHS']]);
      expect(links.map((link) => [at(link), link.expanded])).toEqual([
        [links[0]?.url, 'https://www.nhs.uk/live-well?a=1&b=2'],
      ]);
      expect(post.text.replace(links[0]?.url ?? '', '')).toBe(text.replace(/https:.*/, ''));
    });

    it('may ask: two to four options of 25 characters, for 5 minutes to 7 days, and no picture', async () => {
      const options = ['Tea', 'Coffee ☕', 'a'.repeat(25)];
      const before = Date.now();
      const { poll } = await found(done(await create({ poll: { options, minutes: 10_080 } })).id);
      expect(poll).toMatchObject({ open: true, options: options.map((label) => ({ label, votes: 0 })) });
      expect(Math.abs((poll?.endsAt?.getTime() ?? 0) - before - 10_080 * 60_000)).toBeLessThan(10 * 60_000);
      const asked = { options: ['Tea', 'Coffee'], minutes: 5 };
      const replyTo = done(await create({ poll: asked })).id;
      expect((await found(done(await create({ replyTo, poll: asked })).id)).poll?.options).toHaveLength(2);
      const refused = { kind: 'refused', why: 'invalid' };
      for (const wrong of [
        { options: ['Tea'] },
        { options: ['Tea', 'a'.repeat(26)] },
        { minutes: 4 },
        { minutes: 10_081 },
      ])
        expect(await create({ poll: { ...asked, ...wrong } })).toMatchObject(refused);
      const mediaIds = [await uploaded('image/png')];
      expect(await create({ poll: asked, mediaIds })).toMatchObject({ kind: 'refused' });
      expect(await create({ poll: asked, text: '' })).toMatchObject({ kind: 'refused' });
    });

    it('may answer one of its own', async () => {
      const first = done(await create());
      const second = await found(done(await create({ replyTo: first.id })).id);
      expect(second).toMatchObject({
        replyTo: first.id,
        replyToUserId: world.account.id,
        conversationId: first.id,
        references: [{ kind: 'reply', id: first.id }],
      });
    });

    it('may answer nobody who did not ask', async () => {
      const replyTo = await world.strangerSays('I never mention anybody');
      expect(await create({ replyTo })).toMatchObject({ kind: 'refused', why: 'reply-not-allowed' });
    });

    it('may answer somebody who spoke to the account, and is shown as an answer', async () => {
      const replyTo = await world.strangerSays(`What do you do, @${world.account.handle}?`);
      const text = words();
      const answer = await found(done(await create({ text, replyTo })).id);
      expect(answer).toMatchObject({ replyTo, replyToUserId: world.stranger.id, conversationId: replyTo });
      expect(answer.text.endsWith(text)).toBe(true);
    });

    it('may not be said twice, nor be too long', async () => {
      const text = words();
      await create({ text });
      expect(await create({ text })).toMatchObject({ kind: 'refused', why: 'duplicate' });
      expect(await create({ text: 'a'.repeat(281) })).toMatchObject({ kind: 'refused', why: 'too-long' });
    });

    it('can be deleted, and deleting what is gone is done too', async () => {
      const { id } = done(await create());
      expect(await world.network.deletePost(world.account.access, id)).toEqual({ kind: 'done', value: null });
      expect(await world.network.deletePost(world.account.access, id)).toEqual({ kind: 'done', value: null });
      const { missing } = done(await world.network.lookUp(world.account.access, [id]));
      expect(missing).toEqual([{ id, why: 'gone' }]);
    });

    it('shows its picture with its description', async () => {
      const mediaId = await uploaded('image/png');
      const described = await world.network.describeMedia(world.account.access, mediaId, 'A nurse & a <bear> 🧸');
      expect(described).toEqual({ kind: 'done', value: null });
      const post = await found(done(await create({ mediaIds: [mediaId] })).id);
      expect(post.media).toMatchObject([{ type: 'photo', alt: 'A nurse & a <bear> 🧸', width: 40, height: 30 }]);
      expect(post.media[0]?.url).toMatch(/^https?:/);
      expect(post.entities.links.map((link) => link.mediaKey)).toEqual([post.media[0]?.key]);
    });

    it('may be a picture without words', async () => {
      const post = await found(done(await create({ text: '', mediaIds: [await uploaded('image/jpeg')] })).id);
      expect(post.media).toHaveLength(1);
    });

    it('is read whole when it is long', async () => {
      const text = `${'Many words and 😀 more. '.repeat(30)}#NHScurator`;
      const post = await found(await world.accountDoes({ text }));
      expect(post.text).toBe(text);
      const [tag] = post.entities.hashtags;
      expect(codePointSlice(post.text, tag?.start ?? 0, tag?.end ?? 0)).toBe('#NHScurator');
    });

    it('says that it was edited, and has its polls', async () => {
      const first = await world.accountDoes({ text: 'Tea or cofee?' });
      const poll = { options: ['Tea', 'Coffee'], minutes: 60 };
      const second = await found(await world.accountDoes({ text: 'Tea or coffee?', edits: first, poll }));
      expect(second).toMatchObject({ edited: true, editHistoryIds: [first, second.id], poll: { open: true } });
      expect(second.poll?.options).toEqual([
        { label: 'Tea', votes: 0 },
        { label: 'Coffee', votes: 0 },
      ]);
    });

    it('says what it quotes, where it is withheld and that it is sensitive', async () => {
      const quoteOf = await world.strangerSays('Quote me');
      const post = await found(await world.accountDoes({ text: 'Quite', quoteOf, withheld: ['DE'], sensitive: true }));
      expect(post).toMatchObject({
        references: [{ kind: 'quote', id: quoteOf, handle: world.stranger.handle }],
        withheld: { countries: ['DE'] },
        possiblySensitive: true,
      });
    });

    it('has a link to what it quotes at the end of its own words', async () => {
      const quoteOf = await world.strangerSays('Quote me again');
      const post = await found(await world.accountDoes({ text: 'Quite so', quoteOf }));
      const [link] = post.entities.links;
      expect(post.text).toBe(`Quite so ${link?.url}`);
      expect(link?.expanded).toMatch(new RegExp(`/${world.stranger.handle}/status/${quoteOf}$`));
    });

    it.each(['video', 'animated_gif'] as const)('shows a %s as a still, with its description', async (type) => {
      const bytes = (await picture('image/png', 40)).toString('base64');
      const post = await found(
        await world.accountDoes({ text: 'Look', media: [{ bytes, alt: 'A bear waves', type }] }),
      );
      expect(post.media).toMatchObject([{ url: null, alt: 'A bear waves', width: 40, height: 30 }]);
      expect(post.media[0]?.type).toBe(type === 'video' ? 'video' : 'gif');
      expect(post.media[0]?.previewUrl).toMatch(/^https?:/);
    });

    it('is refused with a picture that the network does not have', async () => {
      const outcome = await create({ mediaIds: ['1860000000000000001'] });
      expect(outcome).toMatchObject({ kind: 'refused', why: 'media-refused' });
    });
  });

  describe('a picture', () => {
    it('goes up in parts when it is large', async () => {
      const bytes = await picture('image/png', 1200);
      expect(bytes.length).toBeGreaterThan(2 * 1024 * 1024);
      const before = await world.arrived('upload');
      const outcome = await world.network.uploadMedia(world.account.access, { bytes, type: 'image/png' });
      const { mediaId, expiresAt } = done(outcome);
      expect(mediaId).toMatch(/^\d+$/);
      expect(await world.arrived('upload')).toBeGreaterThanOrEqual(before + 3);
      expect(expiresAt?.getTime()).toBeGreaterThan(Date.now());
    });

    it('may be a GIF', async () => {
      expect(await uploaded('image/gif')).toMatch(/^\d+$/);
    });

    it('may be a film, read stretch by stretch, which says how far it is', async () => {
      const [bytes, taken, asked] = [film({ bytes: 2_500_000 }), [] as number[], [] as number[]];
      const outcome = await world.network.uploadMedia(world.account.access, {
        type: 'video/mp4',
        size: bytes.length,
        read: async (start, end) => {
          asked.push(end - start);
          return bytes.subarray(start, end);
        },
        taken: async (upTo) => void taken.push(upTo),
      });
      expect(outcome).toMatchObject({ kind: 'done' });
      expect(Math.max(...asked)).toBeLessThan(bytes.length / 2);
      expect([taken.toSorted((a, b) => a - b), taken.at(-1)]).toEqual([taken, bytes.length]);
      const { id } = done(await create({ text: 'It plays', mediaIds: [done(outcome).mediaId] }));
      expect((await found(id)).media).toMatchObject([{ type: 'video' }]);
    });

    it('is refused when it is something else', async () => {
      const bytes = Buffer.from('This is no picture.');
      const outcome = await world.network.uploadMedia(world.account.access, { bytes, type: 'image/png' });
      expect(outcome).toMatchObject({ kind: 'refused', why: 'media-refused' });
    });

    it.each(['silence', 'reset-after-acting', 'failure'] as const)('may go up again after %s', async (trouble) => {
      await world.trouble('upload', trouble);
      const bytes = await picture('image/png', 40);
      const outcome = await world.network.uploadMedia(world.account.access, { bytes, type: 'image/png' });
      expect(outcome).toMatchObject({ kind: 'later', why: 'unavailable' });
    });
  });

  describe('a timeline', () => {
    it('comes newest first, in pages, and from where one left off', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 7; n++) ids.unshift(done(await create()).id);
      const ask = (more: { pageToken?: string; sinceId?: string }) =>
        world.network.posts(world.account.access, world.account.id, { limit: 5, ...more });
      const first = done(await ask({}));
      expect(idsOf(first.posts)).toEqual(ids.slice(0, 5));
      const second = done(await ask({ pageToken: first.nextPage ?? '' }));
      expect(idsOf(second.posts).slice(0, 2)).toEqual(ids.slice(5));
      const newer = done(await ask({ sinceId: ids[2] }));
      expect(idsOf(newer.posts)).toEqual(ids.slice(0, 2));
      expect(done(await ask({ sinceId: ids[0] }))).toEqual({ posts: [], nextPage: null });
    });

    it('can leave out the replies', async () => {
      const first = done(await create());
      const reply = done(await create({ replyTo: first.id }));
      expect(idsOf((await timeline()).posts)).toContain(reply.id);
      const request = { limit: 100, exclude: ['replies' as const] };
      const without = done(await world.network.posts(world.account.access, world.account.id, request));
      expect(idsOf(without.posts)).toContain(first.id);
      expect(idsOf(without.posts)).not.toContain(reply.id);
    });

    it('is told apart from nobody’s', async () => {
      const outcome = await world.network.posts(world.account.access, '1', { limit: 5 });
      expect(outcome).toMatchObject({ kind: 'refused', why: 'gone' });
    });

    it('can leave out the reposts, and knows them otherwise', async () => {
      const repostOf = await world.strangerSays('Worth repeating');
      const repost = await world.accountDoes({ text: '', repostOf });
      const [newest] = (await timeline()).posts;
      expect(newest).toMatchObject({
        id: repost,
        references: [{ kind: 'repost', id: repostOf, handle: world.stranger.handle }],
      });
      const request = { limit: 100, exclude: ['reposts' as const] };
      const without = done(await world.network.posts(world.account.access, world.account.id, request));
      expect(idsOf(without.posts)).not.toContain(repost);
    });

    it('of mentions shows who spoke to the account, by name or in answer', async () => {
      const own = done(await create()).id;
      const named = await world.strangerSays(`Thank you @${world.account.handle} 💙`);
      const answered = await world.strangerSays('So do I', own);
      await world.strangerSays('I speak to nobody');
      const { posts, authors } = done(await mentions({ limit: 5 }));
      expect(posts.slice(0, 2)).toMatchObject([
        { id: answered, authorId: world.stranger.id, replyTo: own, replyToUserId: world.account.id },
        { id: named, authorId: world.stranger.id, replyTo: null },
      ]);
      expect(authors).toEqual([{ id: world.stranger.id, handle: world.stranger.handle, name: expect.any(String) }]);
    });

    it('of mentions goes on page by page, and begins after one that is known', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 7; n += 1) ids.unshift(await world.strangerSays(`@${world.account.handle} number ${n}`));
      const first = done(await mentions({ limit: 5, sinceId: ids[6] }));
      expect([idsOf(first.posts), first.nextPage]).toEqual([ids.slice(0, 5), expect.any(String)]);
      const pageToken = first.nextPage ?? undefined;
      const second = done(await mentions({ limit: 5, sinceId: ids[6], pageToken }));
      expect([idsOf(second.posts), second.nextPage]).toEqual([[ids[5]], null]);
      expect(done(await mentions({ limit: 5, sinceId: ids[0] }))).toEqual({ posts: [], nextPage: null, authors: [] });
    });
  });

  describe('a look-up', () => {
    it('says how each post did, as a timeline does', async () => {
      const id = await world.accountDoes({ text: words(), likes: 12, views: 34_567 });
      await world.accountDoes({ text: words(), repostOf: id });
      await world.strangerSays('How kind', id);
      const metrics = { likes: 12, impressions: 34_567, reposts: 1, replies: 1, quotes: 0, bookmarks: 0 };
      expect((await found(id)).metrics).toEqual(metrics);
      expect((await timeline()).posts.find((post) => post.id === id)?.metrics).toEqual(metrics);
    });

    it('accounts for every id it was asked for', async () => {
      const here = done(await create()).id;
      const hidden = await world.hiddenPost();
      const gone = '1212092628029698048';
      const { posts, missing } = done(await world.network.lookUp(world.account.access, [gone, here, hidden]));
      expect(idsOf(posts)).toEqual([here]);
      expect(missing).toEqual([
        { id: gone, why: 'gone' },
        { id: hidden, why: 'protected' },
      ]);
    });

    it('asks a hundred at a time', async () => {
      const ids = Array.from({ length: 101 }, (_each, n) => String(1_212_092_628_029_698_048n + BigInt(n)));
      const before = await world.arrived('look-up');
      expect(done(await world.network.lookUp(world.account.access, ids)).missing).toHaveLength(101);
      expect(await world.arrived('look-up')).toBe(before + 2);
    });

    it('of nothing asks nobody', async () => {
      const before = await world.arrived('look-up');
      expect(done(await world.network.lookUp(world.account.access, []))).toEqual({ posts: [], missing: [] });
      expect(await world.arrived('look-up')).toBe(before);
    });
  });

  describe('a direct message', () => {
    const say = () => world.network.sendDirectMessage(world.account.access, world.stranger.id, words());

    it('arrives', async () => {
      expect(done(await say()).id).toMatch(/^\d+$/);
    });

    it('is unknown when it was not answered', async () => {
      await world.trouble('message', 'reset-after-acting');
      expect(await say()).toMatchObject({ kind: 'unknown' });
    });
  });

  describe('when something is wrong', () => {
    const CREATES: [Trouble, object, { appears: boolean }][] = [
      ['rate-limit', { kind: 'later', why: 'rate-limit', at: expect.any(Date) }, { appears: false }],
      ['rate-limit-in-old-words', { kind: 'later', why: 'rate-limit', at: expect.any(Date) }, { appears: false }],
      ['no-credits', { kind: 'later', why: 'no-credits', at: null }, { appears: false }],
      ['signed-out', { kind: 'refused', why: 'not-signed-in' }, { appears: false }],
      ['duplicate', { kind: 'refused', why: 'duplicate' }, { appears: false }],
      ['reply-not-allowed', { kind: 'refused', why: 'reply-not-allowed' }, { appears: false }],
      ['no-such-right', { kind: 'refused', why: 'forbidden' }, { appears: false }],
      ['failure', { kind: 'unknown' }, { appears: false }],
      ['failure-after-acting', { kind: 'unknown' }, { appears: true }],
      ['silence', { kind: 'unknown' }, { appears: false }],
      ['silence-after-acting', { kind: 'unknown' }, { appears: true }],
      ['reset', { kind: 'unknown' }, { appears: false }],
      ['reset-after-acting', { kind: 'unknown' }, { appears: true }],
      ['half-an-answer-after-acting', { kind: 'unknown' }, { appears: true }],
    ];

    it.each(CREATES)(
      'a post that meets %s makes one call and says what is known',
      async (trouble, outcome, { appears }) => {
        const text = words();
        const before = await world.arrived('create');
        await world.trouble('create', trouble);
        expect(await create({ text })).toMatchObject(outcome);
        expect(await world.arrived('create')).toBe(before + 1);
        const shown = (await timeline()).posts.some((post) => post.text === text);
        expect(shown).toBe(appears);
      },
    );

    const REPEATABLE: Trouble[] = ['failure', 'silence', 'reset', 'half-an-answer-after-acting'];

    it.each(REPEATABLE)('reading that meets %s may be done later', async (trouble) => {
      const later = { kind: 'later', why: 'unavailable' };
      const { access, id, handle } = world.account;
      const reads: [Call, () => Promise<Outcome<unknown>>][] = [
        ['me', () => world.network.me(access)],
        ['profile', () => world.network.profile(access, handle)],
        ['posts', () => world.network.posts(access, id, { limit: 5 })],
        ['look-up', () => world.network.lookUp(access, [id])],
      ];
      for (const [call, read] of reads) {
        await world.trouble(call, trouble);
        expect(await read()).toMatchObject(later);
      }
    });

    it.each(REPEATABLE)('deleting that meets %s may be done again', async (trouble) => {
      const { id } = done(await create());
      await world.trouble('delete', trouble);
      const { access } = world.account;
      expect(await world.network.deletePost(access, id)).toMatchObject({ kind: 'later', why: 'unavailable' });
      expect(await world.network.deletePost(access, id)).toEqual({ kind: 'done', value: null });
    });

    it.each(['rate-limit', 'no-credits'] as const)('reading that meets %s waits or stops', async (trouble) => {
      await world.trouble('posts', trouble);
      const outcome = await world.network.posts(world.account.access, world.account.id, { limit: 5 });
      expect(outcome).toMatchObject({ kind: 'later', why: trouble });
    });

    it('nothing was sent where nobody answers the door', async () => {
      const { access, id } = world.account;
      const unreachable = { kind: 'later', why: 'unreachable', at: null };
      const post = { text: words(), mediaIds: [] };
      expect(await world.unreachable.createPost(access, post)).toMatchObject(unreachable);
      expect(await world.unreachable.sendDirectMessage(access, id, 'Hello')).toMatchObject(unreachable);
      expect(await world.unreachable.posts(access, id, { limit: 5 })).toMatchObject(unreachable);
    });
  });

  describe('every call', () => {
    const account = () => world.account;
    const media: Picture = { bytes: Buffer.alloc(0), type: 'image/png' };
    const grant = { code: 'a-code', redirectUri: CALLBACK, codeVerifier: VERIFIER };
    /** By its name: which call of the network it is, how harmful it is to make it twice, and how it is made. */
    const CALLS: [keyof Network, Call, Kind, (network: Network) => Promise<Outcome<unknown>>][] = [
      ['me', 'me', 'repeatable', (network) => network.me(account().access)],
      ['profile', 'profile', 'repeatable', (network) => network.profile(account().access, account().handle)],
      ['posts', 'posts', 'repeatable', (network) => network.posts(account().access, account().id, { limit: 5 })],
      [
        'mentions',
        'mentions',
        'repeatable',
        (network) => network.mentions(account().access, account().id, { limit: 5 }),
      ],
      ['lookUp', 'look-up', 'repeatable', (network) => network.lookUp(account().access, ['1212092628029698048'])],
      ['deletePost', 'delete', 'repeatable', (network) => network.deletePost(account().access, '1212092628029698048')],
      ['uploadMedia', 'upload', 'repeatable', (network) => network.uploadMedia(account().access, media)],
      [
        'describeMedia',
        'describe',
        'repeatable',
        (network) => network.describeMedia(account().access, '1212', 'A ward'),
      ],
      ['setProfile', 'set-name', 'repeatable', (network) => network.setProfile(account().signing, { name: 'NHS' })],
      ['revoke', 'revoke', 'repeatable', (network) => network.revoke('a-token')],
      ['exchange', 'token', 'token', (network) => network.exchange(grant)],
      ['refresh', 'token', 'token', (network) => network.refresh('a-token')],
      [
        'createPost',
        'create',
        'once',
        (network) => network.createPost(account().access, { text: words(), mediaIds: [] }),
      ],
      [
        'sendDirectMessage',
        'message',
        'once',
        (network) => network.sendDirectMessage(account().access, account().id, 'Hello'),
      ],
    ];

    it('of the interface is held to this', () => {
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(world.network));
      const own = ['constructor', 'authorizeLink', 'app', 'tokens', 'user', 'page'];
      expect(methods.filter((name) => !own.includes(name)).sort()).toEqual(CALLS.map(([name]) => name).sort());
    });

    it.each(CALLS)('%s says how it ended, whatever it meets', async (_name, call, kind, make) => {
      media.bytes = await picture('image/png', 40);
      for (const [trouble, outcome] of outcomesOf(kind)) {
        await world.trouble(call, trouble);
        const before = await world.arrived(call);
        expect([trouble, await make(world.network)]).toEqual([trouble, expect.objectContaining(outcome)]);
        expect([trouble, await world.arrived(call)]).toEqual([trouble, before + 1]);
      }
      expect(await make(world.unreachable)).toMatchObject({ kind: 'later', why: 'unreachable', at: null });
    });
  });

  async function uploaded(type: 'image/png' | 'image/jpeg' | 'image/gif'): Promise<string> {
    const bytes = await picture(type, 40);
    return done(await world.network.uploadMedia(world.account.access, { bytes, type })).mediaId;
  }
});

/** `token`: what it sends can be spent once, and 401 is about the app's own keys. */
type Kind = 'repeatable' | 'once' | 'token';

/** How a call ends by what it meets; silences are told apart above. */
function outcomesOf(kind: Kind): [Trouble, object][] {
  const unanswered = kind === 'repeatable' ? { kind: 'later', why: 'unavailable', at: null } : { kind: 'unknown' };
  return [
    ['rate-limit', { kind: 'later', why: 'rate-limit', at: expect.any(Date) }],
    ['no-credits', { kind: 'later', why: 'no-credits', at: null }],
    ['signed-out', { kind: 'refused', why: kind === 'token' ? 'forbidden' : 'not-signed-in' }],
    ['no-such-right', { kind: 'refused', why: 'forbidden' }],
    ['failure', unanswered],
    ['failure-after-acting', unanswered],
    ['reset', unanswered],
    ['reset-after-acting', unanswered],
  ];
}

/** The value of a call that was done; else fails with what it was. */
function done<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'done') throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

function idsOf(posts: NetworkPost[]): string[] {
  return posts.map((post) => post.id);
}

/** A picture of noise, four to three, so that it does not get smaller than it is. */
function picture(type: 'image/png' | 'image/jpeg' | 'image/gif', width: number): Promise<Buffer> {
  const height = (width * 3) / 4;
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  const drawn = sharp({ create: { width, height, channels: 3, background: '#005eb8', noise } });
  if (type === 'image/png') return drawn.png().toBuffer();
  return type === 'image/gif' ? drawn.gif().toBuffer() : drawn.jpeg().toBuffer();
}
