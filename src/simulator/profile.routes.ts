import { type Answer, type Call, type Endpoint, ok, refuse, userOf } from './call.js';
import { sizeOf } from './picture.js';
import { invalidRequest } from './problems.js';
import type { Media, User } from './rows.js';
import type { World } from './world.service.js';

/** X lets an app without OAuth 1.0a, or on a small plan, do neither: the fault 453 says so. */
export function profileEndpoints(world: World): Endpoint[] {
  const scopes = ['tweet.write', 'users.read'];
  return [
    { name: 'profile', method: 'POST', path: '/1.1/account/update_profile.json', scopes, answer: update },
    {
      name: 'picture',
      method: 'POST',
      path: '/1.1/account/update_profile_image.json',
      scopes,
      answer: (call) => changePicture(world, call),
    },
  ];
}

function update(call: Call): Answer {
  const user = userOf(call);
  const { name = user.name, description = user.bio } = { ...call.query, ...call.body } as Record<string, string>;
  if (name.length > 50 || description.length > 160) {
    return { status: 403, body: { errors: [{ code: 120, message: 'Account update failed: a field is too long.' }] } };
  }
  return changed({ ...user, name, bio: description });
}

async function changePicture(world: World, call: Call): Promise<Answer> {
  const given = call.body.image;
  const bytes = Buffer.isBuffer(given) ? given : Buffer.from(String(given ?? ''), 'base64');
  const media = await keepPicture(world, bytes);
  if (!media) return refuse(invalidRequest('image', '', 'is not a picture'));
  const answer = changed({ ...userOf(call), picture: media.id });
  return { ...answer, act: [{ put: 'media', row: media }, ...(answer.act ?? [])] };
}

/** Saves the bytes of an account's picture; null when they are none. */
export async function keepPicture(world: World, bytes: Buffer): Promise<Media | null> {
  const size = await sizeOf(bytes);
  if (!size) return null;
  const id = `3_${world.newId()}`;
  world.saveBytes(id, bytes);
  const contentType = bytes[0] === 0x89 ? 'image/png' : bytes[0] === 0xff ? 'image/jpeg' : 'image/webp';
  return { id, ownerId: null, type: 'photo', contentType, ...size, alt: null, expiresAt: null };
}

function changed(user: User): Answer {
  const { id, name, handle: screen_name, bio: description } = user;
  return ok({ id_str: id, name, screen_name, description }, { act: [{ put: 'users', row: user }] });
}
