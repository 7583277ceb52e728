import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { EUploadMimeType, type TwitterApi } from 'twitter-api-v2';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
let nhs: { id: string; x: TwitterApi };
beforeAll(async () => {
  network = await PretendNetwork.start();
  nhs = await network.account('NHS');
});
afterAll(() => network.stop());

const png = (width = 40) =>
  sharp({ create: { width, height: 30, channels: 3, background: '#005eb8' } })
    .png()
    .toBuffer();
const SHOWN = {
  expansions: ['attachments.media_keys'],
  'tweet.fields': ['entities'],
  'media.fields': ['alt_text', 'url', 'width', 'height'],
} as const;

describe('a picture', () => {
  it('goes up in pieces, gets a description, and is in the post', async () => {
    const bytes = await png();
    const mediaId = await nhs.x.v2.uploadMedia(bytes, { media_type: EUploadMimeType.Png }, 50);
    await nhs.x.v2.createMediaMetadata(mediaId, { alt_text: { text: 'A porter with a trolley' } });
    const { data } = await nhs.x.v2.tweet('At work', { media: { media_ids: [mediaId] } });
    const { data: post, includes } = await nhs.x.v2.singleTweet(data.id, SHOWN as never);
    const key = post.attachments?.media_keys?.[0];
    expect(includes?.media).toEqual([
      {
        media_key: key,
        type: 'photo',
        alt_text: 'A porter with a trolley',
        url: `${network.url}/simulator/media/${key}`,
        width: 40,
        height: 30,
      },
    ]);
    expect(post.text).toMatch(/^At work https:\/\/t\.co\/\w{10}$/);
    expect(post.entities?.urls[0]).toMatchObject({ start: 8, end: 31, media_key: key });
    const shown = await fetch(includes?.media?.[0]?.url ?? '');
    expect(shown.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('goes up at once when it is small', async () => {
    const answer = await nhs.x.v2.post<{ data: { id: string; media_key: string } }>(
      'media/upload',
      { media: await png(), media_category: 'tweet_image', media_type: 'image/png' },
      { forceBodyMode: 'form-data' },
    );
    expect(answer.data.media_key).toBe(`3_${answer.data.id}`);
    expect((await nhs.x.v2.tweet('', { media: { media_ids: [answer.data.id] } })).data.id).toBeTruthy();
  });

  it('is refused when it is no picture, too big, incomplete or somebody else’s', async () => {
    const begin = (media_type: string, total_bytes: number) =>
      nhs.x.v2.post<{ data: { id: string } }>('media/upload/initialize', {
        media_type,
        media_category: 'tweet_image',
        total_bytes,
      });
    expect(await failure(begin('image/png', 5 * 1024 * 1024 + 1))).toMatchObject({ code: 400 });
    expect(await failure(begin('text/html', 10))).toMatchObject({ code: 400 });
    const half = await begin('image/png', 100);
    expect(await failure(nhs.x.v2.post(`media/upload/${half.data.id}/finalize`))).toMatchObject({ code: 400 });
    expect(
      await failure(nhs.x.v2.uploadMedia(Buffer.from('no picture'), { media_type: EUploadMimeType.Png })),
    ).toMatchObject({ code: 400 });
    const olu = await network.account('olu');
    const theirs = await olu.x.v2.uploadMedia(await png(), { media_type: EUploadMimeType.Png });
    expect(await failure(nhs.x.v2.tweet('Mine', { media: { media_ids: [theirs] } }))).toMatchObject({
      code: 400,
      data: { errors: [{ message: 'Your media IDs are invalid.' }] },
    });
  });

  it('that moves is worked on first, and stands alone', async () => {
    const gif = await sharp(await png())
      .gif()
      .toBuffer();
    const moving = await nhs.x.v2.uploadMedia(gif, { media_type: EUploadMimeType.Gif });
    const still = await nhs.x.v2.uploadMedia(await png(), { media_type: EUploadMimeType.Png });
    expect(await failure(nhs.x.v2.tweet('Both', { media: { media_ids: [moving, still] } }))).toMatchObject({
      code: 400,
    });
    expect((await nhs.x.v2.tweet('Alone', { media: { media_ids: [moving] } })).data.id).toBeTruthy();
  });
});

describe('the picture of an account', () => {
  it('is changed and shown', async () => {
    const { accessToken, accessSecret } = await network.post<{ accessToken: string; accessSecret: string }>('tokens', {
      handle: 'NHS',
      consumerSecret: 'secret',
    });
    const signer = network.signing(accessToken, accessSecret, 'secret');
    await signer.v1.updateAccountProfileImage(await png(64));
    const { data } = await nhs.x.v2.me({ 'user.fields': ['profile_image_url'] });
    const shown = Buffer.from(await (await fetch(data.profile_image_url ?? '')).arrayBuffer());
    expect((await sharp(shown).metadata()).width).toBe(64);
  });
});
