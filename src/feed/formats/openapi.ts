import { PARAMETERS } from '../selection.js';

const instant = { type: 'string', format: 'date-time' };
const text = { type: 'string' };
const orNull = (type: string, more: object = {}) => ({ type: [type, 'null'], ...more });

/** Describes `/:account/posts.json` (OpenAPI 3.1). */
export function openApi(origin: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton: latest posts',
      version: '1',
      description: 'The latest posts of an account, each credited to who wrote it. Ids are strings.',
    },
    servers: [{ url: origin }],
    paths: {
      '/{account}/posts.json': {
        get: {
          summary: 'The latest posts of an account, newest first',
          parameters: [
            { name: 'account', in: 'path', required: true, schema: text, description: 'The slug of the account' },
            ...parameters,
          ],
          responses: {
            200: {
              description: 'The feed. `x-feed-age` says how many seconds ago the network was last asked with success.',
              headers: { etag: { schema: text }, 'x-feed-age': { schema: text } },
              content: { 'application/json': { schema: feed } },
            },
            304: { description: 'Nothing has changed since the ETag that was sent' },
            400: {
              description: 'A parameter cannot be read; `allowed` of the problem says what can',
              content: problem,
            },
            404: { description: 'There is no such account, or it has no feed' },
          },
        },
      },
    },
  };
}

const SCHEMAS: Record<string, object> = { limit: { type: 'integer', minimum: 1, maximum: 100 } };

const parameters = Object.entries(PARAMETERS)
  .filter(([name]) => name !== 'heading')
  .map(([name, description]) => ({ name, in: 'query', schema: SCHEMAS[name] ?? text, description }));

const problem = {
  'application/problem+json': {
    schema: {
      type: 'object',
      required: ['type', 'status', 'title', 'detail'],
      properties: { type: text, status: { type: 'integer' }, title: text, detail: text, allowed: { type: 'object' } },
    },
  },
};

const segment = { type: 'object', required: ['text'], properties: { text, href: { type: 'string', format: 'uri' } } };

const picture = {
  type: 'object',
  required: ['href', 'description'],
  properties: {
    href: {
      ...{ type: 'string', format: 'uri' },
      description:
        'WebP. The same ends in .jpg and .avif as well, and each of them with -480 or -800 before that, so wide',
    },
    width: orNull('integer'),
    height: orNull('integer'),
    description: orNull('string', { description: 'Null when its author gave none' }),
    still: { enum: ['gif', 'video'], description: 'It is a still of what moves on X' },
  },
};

const poll = {
  type: ['object', 'null'],
  required: ['options', 'ends_at', 'open'],
  properties: {
    options: {
      type: 'array',
      items: { type: 'object', required: ['label', 'votes'], properties: { label: text, votes: { type: 'integer' } } },
    },
    ends_at: orNull('string', { format: 'date-time' }),
    open: { type: 'boolean' },
  },
};

const lang = orNull('string', {
  description: 'The language of its words (BCP 47); null for English, or when nobody says',
});

const sensitive = {
  type: 'boolean',
  description: 'X marks it as possibly upsetting: show its pictures only to those who ask for them',
};

const quote = {
  type: ['object', 'null'],
  required: [
    ...['id', 'url', 'handle', 'posted_at', 'lang', 'segments', 'pictures', 'possibly_sensitive', 'link_only'],
  ],
  properties: {
    id: text,
    url: { type: 'string', format: 'uri' },
    handle: orNull('string', { description: 'Whose it is, without the @' }),
    posted_at: instant,
    lang,
    segments: { type: 'array', items: segment },
    pictures: { type: 'array', items: picture },
    possibly_sensitive: sensitive,
    link_only: { type: 'boolean' },
  },
};

const credit = {
  type: 'object',
  required: ['kind', 'name', 'stint'],
  properties: { kind: { enum: ['curator', 'house'] }, name: text, stint: orNull('string') },
};

const part = {
  type: 'object',
  required: [
    ...['id', 'url', 'posted_at', 'first', 'lang', 'text', 'segments', 'pictures', 'poll', 'quote', 'repost', 'edited'],
    ...['possibly_sensitive', 'link_only', 'credit'],
  ],
  properties: {
    id: text,
    url: { type: 'string', format: 'uri' },
    posted_at: instant,
    first: {
      ...{ type: 'object', required: ['id', 'posted_at'] },
      description: 'Before any edit, which gives a post another id: what to know it by',
      properties: { id: text, posted_at: instant },
    },
    lang,
    text,
    segments: { type: 'array', items: segment },
    pictures: { type: 'array', items: picture },
    possibly_sensitive: sensitive,
    poll,
    quote,
    repost: { type: 'boolean', description: 'It says nothing of its own: `quote` is what it passes on' },
    edited: { type: 'boolean' },
    link_only: {
      type: 'boolean',
      description: 'Nothing but a link: X withholds the post, or nobody has seen it there for a day',
    },
    credit,
  },
};

const post = {
  ...part,
  required: [...part.required, 'thread'],
  properties: {
    ...part.properties,
    thread: { type: 'array', items: part, description: 'What the account went on to say to itself, in order' },
  },
};

const account = {
  type: 'object',
  required: ['slug', 'handle', 'name', 'url', 'avatar'],
  properties: { slug: text, handle: text, name: text, url: text, avatar: orNull('string') },
};

const feed = {
  type: 'object',
  required: ['account', 'pulled_at', 'state', 'posts'],
  properties: {
    account,
    pulled_at: orNull('string', { format: 'date-time' }),
    state: { enum: ['fresh', 'stale', 'expired'] },
    posts: { type: 'array', items: post },
  },
};
