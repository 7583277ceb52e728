/** The networks that Baton can speak through. */
export type NetworkName = 'x';

/** Why a network said no. A refusal is final: asking again with the same words gives the same answer. */
export type Refusal =
  | 'duplicate'
  | 'reply-not-allowed'
  | 'too-long'
  | 'not-signed-in'
  | 'no-credits'
  | 'forbidden'
  | 'gone'
  | 'invalid'
  | 'media-refused';

/**
 * How a call to a network ended.
 *
 * - `later`: nothing happened and the call may be made again, not before `at` (unscaled time; null: the caller's own
 *   back-off). With `no-credits` no time helps: stop, and tell the keeper.
 * - `unknown`: a call that may happen only once was sent and not answered. It may have happened: look, never repeat.
 *   Calls that may be repeated without harm (reads, uploads, deletions, profiles) never end so.
 */
export type Outcome<T> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; why: Refusal; detail: string }
  | { kind: 'later'; at: Date | null; why: 'rate-limit' | 'no-credits' | 'unavailable' | 'unreachable'; detail: string }
  | { kind: 'unknown'; detail: string };

/** What a call needs to act as an account. With a secret it is signed, as X (OAuth 1.0a) wants it for profiles. */
export interface Access {
  token: string;
  secret?: string;
  /** Asked before each call on the wire, and told after it. */
  gauge?: Gauge;
}

/** A token and its secret, by which calls are signed. */
export type Keys = Required<Pick<Access, 'token' | 'secret'>>;

/** What is left of an endpoint's calls. `resetsAt` is in unscaled time. */
export interface LimitWindow {
  calls: number;
  remaining: number;
  resetsAt: Date;
}

/** What is known of a network's limits. Endpoints are named as in `GET users/:id/tweets`. */
export interface Gauge {
  /** Until when an endpoint's calls are used up: the call is then not made. */
  usedUpUntil(endpoint: string): Date | null;
  /** An endpoint has answered; null where the answer says nothing of a limit. */
  hear(endpoint: string, window: LimitWindow | null): void;
}

export interface Tokens {
  accessToken: string;
  /** Null where the network gave none: whoever stores this must keep the one it has. */
  refreshToken: string | null;
  expiresInSeconds: number;
  scopes: string[];
}

export interface AuthorizeRequest {
  redirectUri: string;
  state: string;
  /** PKCE: base64url of the SHA-256 of the verifier. */
  codeChallenge: string;
  scopes: string[];
}

/** Somebody's public face on a network. */
export interface NetworkProfile {
  id: string;
  /** Without the @. It may look like a number. */
  handle: string;
  name: string;
  bio: string;
  pictureUrl: string | null;
  /** True when only approved followers see the posts. */
  protected: boolean;
}

/** One part of an account's own profile, as it shall be. */
export type ProfilePart = { name: string } | { bio: string } | { picture: Picture };

export interface Picture {
  bytes: Buffer;
  type: 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';
}

/** A film to upload, read stretch by stretch so that it need not be in memory. */
export interface Film {
  type: 'video/mp4' | 'video/quicktime';
  /** Bytes. */
  size: number;
  /** The bytes from `start` up to and without `end`. */
  read(start: number, end: number): Promise<Buffer>;
  /** Told how many bytes the network has taken, after each stretch and while the network works on the film. */
  taken(bytes: number): Promise<void>;
}

export interface NewPost {
  text: string;
  mediaIds: string[];
  /** The id of the post that this one answers. */
  replyTo?: string;
  /** Not together with media. */
  poll?: NewPoll;
}

/** A poll to ask: two to four options, and for how many minutes people may vote. */
export interface NewPoll {
  options: string[];
  minutes: number;
}

/** A stretch of a post's text: half-open, in code points of `NetworkPost.text` (not in UTF-16 units). */
export interface Span {
  start: number;
  end: number;
}

export interface Link extends Span {
  /** Where the link must lead (X: the t.co address). */
  url: string;
  /** What is shown. */
  display: string;
  expanded: string;
  /** Set when the link stands for an attached picture or video. */
  mediaKey: string | null;
}

export interface Mention extends Span {
  handle: string;
  id: string | null;
}

/** A hashtag or cashtag; without its sign. */
export interface Tag extends Span {
  tag: string;
}

export interface Entities {
  links: Link[];
  mentions: Mention[];
  hashtags: Tag[];
  cashtags: Tag[];
}

export interface Media {
  key: string;
  type: 'photo' | 'gif' | 'video';
  /** Null for a video or GIF: those have only a preview. */
  url: string | null;
  previewUrl: string | null;
  /** The description for those who cannot see it. */
  alt: string | null;
  width: number | null;
  height: number | null;
}

/** How a post did; null is a number that the network did not give. */
export interface Metrics {
  reposts: number | null;
  replies: number | null;
  likes: number | null;
  quotes: number | null;
  bookmarks: number | null;
  impressions: number | null;
}

export interface Poll {
  id: string;
  options: { label: string; votes: number }[];
  endsAt: Date | null;
  open: boolean;
}

/** Another post that a post is about. */
export interface Reference {
  kind: 'repost' | 'quote' | 'reply';
  id: string;
  /** Whose that post is, where the post itself says so. */
  handle?: string;
}

/** A post as a network shows it, in words that belong to no network. */
export interface NetworkPost {
  id: string;
  authorId: string | null;
  /** The whole text, however long, with nothing escaped. */
  text: string;
  entities: Entities;
  media: Media[];
  createdAt: Date;
  /** Every version's id, oldest first; the last is this one's or a later one's. */
  editHistoryIds: string[];
  edited: boolean;
  /** The post that this one answers, and who wrote that. */
  replyTo: string | null;
  replyToUserId: string | null;
  conversationId: string | null;
  references: Reference[];
  metrics: Metrics | null;
  poll: Poll | null;
  /** Where the network withholds the post, and whether for copyright; null when nowhere. */
  withheld: { countries: string[]; copyright: boolean } | null;
  lang: string | null;
  possiblySensitive: boolean;
}

export interface PageRequest {
  /** How many posts at most; a network may round it (X: 5 to 100). */
  limit: number;
  /** Only posts newer than this one. */
  sinceId?: string;
  /** `nextPage` of the page before. */
  pageToken?: string;
  exclude?: ('replies' | 'reposts')[];
}

/** Newest first. */
export interface Page {
  posts: NetworkPost[];
  nextPage: string | null;
}

/** Who wrote a post. */
export type Author = Pick<NetworkProfile, 'id' | 'handle' | 'name'>;

/** Posts that speak to an account, newest first, and their authors as far as the network says. */
export interface MentionsPage extends Page {
  authors: Author[];
}

export interface Found {
  posts: NetworkPost[];
  /** `gone` is certain; `protected` and `unavailable` say only that the network will not show it to us now. */
  missing: { id: string; why: 'gone' | 'protected' | 'unavailable' }[];
}

/**
 * A network that an account speaks through. Every method makes its calls once and never repeats one by itself; none
 * throws for what the network or the wire does.
 */
export interface Network {
  readonly name: NetworkName;
  /** Whether the app has the keys that `setProfile` needs. */
  readonly setsProfiles: boolean;

  /** Where a keeper's browser goes to connect an account. */
  authorizeLink(request: AuthorizeRequest): string;
  exchange(grant: { code: string; redirectUri: string; codeVerifier: string }): Promise<Outcome<Tokens>>;
  /**
   * Spends a refresh token. Only `refused` with `not-signed-in` says that the connection is lost; `unknown` says that
   * the token may be spent.
   */
  refresh(refreshToken: string): Promise<Outcome<Tokens>>;
  revoke(token: string): Promise<Outcome<null>>;

  me(access: Access): Promise<Outcome<NetworkProfile>>;
  profile(access: Access, handle: string): Promise<Outcome<NetworkProfile>>;

  /** Exactly one call on the wire, which may be made again without harm. X wants a signed access. */
  setProfile(access: Access, part: ProfilePart): Promise<Outcome<null>>;

  /** `expiresAt` is in unscaled time; what was not posted by then must be uploaded again. */
  uploadMedia(access: Access, media: Picture | Film): Promise<Outcome<{ mediaId: string; expiresAt: Date | null }>>;
  describeMedia(access: Access, mediaId: string, text: string): Promise<Outcome<null>>;

  /** Exactly one call on the wire. */
  createPost(access: Access, post: NewPost): Promise<Outcome<{ id: string }>>;
  /** Also done when the post was gone already. */
  deletePost(access: Access, id: string): Promise<Outcome<null>>;
  /** Exactly one call on the wire. Only with the receiver's recorded consent. */
  sendDirectMessage(access: Access, userId: string, text: string): Promise<Outcome<{ id: string }>>;

  posts(access: Access, userId: string, request: PageRequest): Promise<Outcome<Page>>;
  /** X bills each author of a page as a user, once a UTC day. */
  mentions(access: Access, userId: string, request: Omit<PageRequest, 'exclude'>): Promise<Outcome<MentionsPage>>;
  /** Every id comes back, either as a post or among the missing. One call for each hundred. */
  lookUp(access: Access, ids: string[]): Promise<Outcome<Found>>;
}

const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657n;

/** The instant in a snowflake id, to the millisecond. Throws SyntaxError when the id is not a whole number. */
export function instantOf(id: string): Date {
  return new Date(Number((BigInt(id) >> 22n) + SNOWFLAKE_EPOCH_MS));
}
