import type { User } from './rows.js';

/** An account as somebody has just made it. */
export function newUser(id: string, handle: string, now: Date): User {
  return {
    id,
    handle,
    name: handle,
    bio: '',
    picture: null,
    protected: false,
    longPosts: false,
    acceptsMessages: true,
    createdAt: now.toISOString(),
  };
}
