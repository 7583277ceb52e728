import type { Access, Network } from '../../src/networks/network.js';

/** What a network's own words call each of these is the world's business. */
export type Trouble =
  | 'rate-limit'
  | 'rate-limit-in-old-words'
  | 'signed-out'
  | 'no-credits'
  | 'duplicate'
  | 'reply-not-allowed'
  | 'no-such-right'
  | 'failure'
  | 'failure-after-acting'
  | 'silence'
  | 'silence-after-acting'
  | 'reset'
  | 'reset-after-acting'
  | 'half-an-answer-after-acting';

/** The calls that a trouble can wait for and that are counted. */
export type Call =
  | 'me'
  | 'profile'
  | 'create'
  | 'delete'
  | 'look-up'
  | 'posts'
  | 'message'
  | 'upload'
  | 'token'
  | 'revoke'
  | 'mentions'
  | 'describe'
  | 'set-name'
  | 'set-picture';

/** A post that was made without Baton, as from a phone. */
export interface OtherPost {
  text: string;
  repostOf?: string;
  quoteOf?: string;
  /** The id of the version before. */
  edits?: string;
  poll?: { options: string[]; minutes: number };
  media?: { bytes: string; alt: string; type: 'photo' | 'animated_gif' | 'video' }[];
  withheld?: string[];
  sensitive?: boolean;
  /** How many liked it, and how often it was shown. */
  likes?: number;
  views?: number;
}

/** A network with people on it, for the contract: whatever stands behind, these are the ways to arrange and to look. */
export interface World {
  network: Network;
  /** The same network where nobody answers the door. */
  unreachable: Network;
  /** The account that speaks, connected, with every right; `signing` is what changes of its profile want. */
  account: { id: string; handle: string; access: Access; signing: Access };
  /** Somebody else, who takes direct messages. */
  stranger: { id: string; handle: string };
  /** Agrees to a connection as the account's owner. Gives the address that the browser is sent back to. */
  agree(link: string): Promise<URL>;
  /** Lets the next such call go wrong. */
  trouble(call: Call, trouble: Trouble): Promise<void>;
  /** How many such calls have arrived. */
  arrived(call: Call): Promise<number>;
  /** A post of the account's own. Gives its id. */
  accountDoes(post: OtherPost): Promise<string>;
  /** A post of somebody else's, in answer to another where one is named. Gives its id. */
  strangerSays(text: string, replyTo?: string): Promise<string>;
  /** A post of somebody who shows posts only to followers. Gives its id. */
  hiddenPost(): Promise<string>;
  stop(): Promise<void>;
}
