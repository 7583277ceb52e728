import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import type { Metrics } from '../networks/network.js';
import { pollInWords } from '../networks/poll.js';
import type { OwnPost } from './desk.service.js';
import { numbersInWords } from './post-numbers.js';

type Tag = { text: string; colour: string };

const NOTED = ['refused', 'held', 'withdrawn'];
const DELETIONS: Record<'waiting' | 'done' | 'refused', Tag> = {
  waiting: { text: 'Being deleted', colour: 'yellow' },
  done: { text: 'Deleted from X', colour: 'grey' },
  refused: { text: 'Posted, not deleted', colour: 'red' },
};

/** What the desk says of a post that is out, or of what became of it; `tag` is how it stands in the outbox. */
export function wentOut(
  account: Pick<Account, 'zone' | 'handle'>,
  post: OwnPost,
  tag: Tag,
  { mayPost, metrics }: { mayPost: boolean; metrics: Metrics | undefined },
) {
  const { providerRef, deletion } = post;
  const shown = providerRef !== null && deletion !== 'done';
  return {
    ...post,
    poll: post.poll && pollInWords(post.poll),
    which: post.part === null ? null : `Part ${post.part} of ${post.parts}`,
    tag: deletion ? DELETIONS[deletion] : tag,
    when: dateAndTime(account.zone, post.settledAt ?? post.dueAt),
    href: shown ? `https://x.com/${account.handle}/status/${providerRef}` : null,
    numbers: shown ? numbersInWords(metrics) : null,
    mayDelete: mayPost && shown && post.state === 'sent' && deletion !== 'waiting',
    mayTakeBack: post.state === 'refused' && post.part === null,
    note: noteOf(post, account.zone),
  };
}

function noteOf(post: OwnPost, zone: string): string | null {
  const { state, detail, deletion, deletionDetail, deletedAt } = post;
  const asked = post.deletedByTeam ? 'The team asked for it: ' : '';
  if (deletion === 'done' && deletedAt) return `${asked}X deleted it on ${dateAndTime(zone, deletedAt)}`;
  if (deletion === 'waiting') return `${asked}X has not answered yet; it is asked again by itself`;
  if (deletion === 'refused') return `${asked}X refused to delete it: ${deletionDetail ?? 'it gave no reason'}`;
  return NOTED.includes(state) ? detail : null;
}
