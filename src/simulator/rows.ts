import type { EndpointName } from './endpoint.js';
import type { FaultKind } from './faults.js';

/** Instants in rows are ISO texts: service time, except for what OAuth and uploads expire by, which is real time. */
export interface User {
  id: string;
  handle: string;
  name: string;
  bio: string;
  /** The key of a picture among the media. */
  picture: string | null;
  protected: boolean;
  /** May write posts longer than 280. */
  longPosts: boolean;
  acceptsMessages: boolean;
  createdAt: string;
}

/** A developer app; `id` is its client id. */
export interface App {
  id: string;
  secretHash: string;
  name: string;
  /** Callbacks that it registered; empty: any, as a demonstration wants. */
  redirectUris: string[];
  /** The handle of the account that the app belongs to, for the price of owned reads; null: whichever uses it. */
  owner: string | null;
}

/** An authorization code, by its hash. */
export interface Code {
  id: string;
  appId: string;
  userId: string;
  scopes: string[];
  redirectUri: string;
  challenge: string;
  expiresAt: string;
  /** The family of tokens that it was exchanged for. */
  spentOn: string | null;
}

/** Everything that came of one consent: it dies as a whole. */
export interface Family {
  id: string;
  appId: string;
  userId: string;
  scopes: string[];
  dead: boolean;
}

/** A token, by its hash. */
export interface Token {
  id: string;
  kind: 'access' | 'refresh' | 'app' | 'oauth1';
  /** The family, or for `app` the client id. */
  familyId: string;
  expiresAt: string | null;
  spent: boolean;
  /** Only for `oauth1`: needed in clear to check signatures. */
  secrets?: { app: string; token: string };
}

export interface Poll {
  id: string;
  options: { label: string; votes: number }[];
  endsAt: string;
}

/** One version of a post; an edit is another row. */
export interface Post {
  id: string;
  authorId: string;
  text: string;
  createdAt: string;
  conversationId: string;
  replyTo: string | null;
  replyToUserId: string | null;
  quoteOf: string | null;
  repostOf: string | null;
  mediaKeys: string[];
  poll: Poll | null;
  /** All versions' ids, oldest first; the last one is shown. */
  history: string[];
  /** Country codes. */
  withheld: string[];
  /** Shown to nobody, as if its author had become protected. */
  protected: boolean;
  sensitive: boolean;
  likes: number;
  /** How often it was shown; null: as many as such a post pretends to find by its age. */
  views: number | null;
  /** The app's name, or the phone's. */
  source: string;
}

/** A picture or film; `id` is its key, as in 3_1860000000000000001. */
export interface Media {
  id: string;
  ownerId: string | null;
  type: 'photo' | 'animated_gif' | 'video';
  contentType: string;
  width: number;
  height: number;
  alt: string | null;
  /** Until when it may be put into a post. */
  expiresAt: string | null;
}

export interface Upload {
  id: string;
  ownerId: string;
  contentType: string;
  category: string;
  totalBytes: number;
  segments: number[];
  expiresAt: string;
}

export interface DirectMessage {
  id: string;
  fromId: string;
  toId: string;
  text: string;
  createdAt: string;
}

export interface Mail {
  id: string;
  to: string;
  from: string;
  subject: string;
  at: string;
  text: string;
  html: string;
  links: string[];
  headers: Record<string, string>;
}

/** A pretended failure that waits for its call. */
export interface Fault {
  id: string;
  endpoint: EndpointName | 'any';
  kind: FaultKind;
  /** How many more calls pass first. */
  skip: number;
  /** How many more calls it hits; null: every one. */
  left: number | null;
  /** For `slow`: milliseconds; for `429`: seconds until the limit is full again. */
  amount: number | null;
  /** How likely it hits a call that it concerns, up to 1. */
  chance: number;
}

/** What one item cost on one UTC day; the id holds day, kind and item. */
export interface Charge {
  id: string;
  day: string;
  what: string;
  microdollars: number;
}

export interface Setting {
  /** `duplicates`: whether a text is refused that was posted within a day. */
  id: 'limits' | 'duplicates';
  /** Endpoints where it does not bite. */
  off: string[];
}

/** How long the timelines are behind. */
export interface Lag {
  id: 'timelines';
  /** Each post appears after a part of this of its own; milliseconds. */
  upTo: number;
}

export interface Tables {
  users: User;
  apps: App;
  codes: Code;
  families: Family;
  tokens: Token;
  posts: Post;
  media: Media;
  uploads: Upload;
  messages: DirectMessage;
  mails: Mail;
  faults: Fault;
  charges: Charge;
  settings: Setting;
  lags: Lag;
}
