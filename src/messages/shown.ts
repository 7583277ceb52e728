import { dateAndTime } from '../credentials/dates.js';
import type { NewPoll } from '../networks/network.js';
import { pollInWords } from '../networks/poll.js';
import type { Message, MessageState } from './message.entity.js';

/** A message as the team's pages show it: never a letter's text. */
export interface ShownMessage {
  id: string;
  href: string;
  /** "Letter: Sign in", "Post of a curator", "Post of the house", "Webhook: No first post". */
  name: string;
  to: string;
  state: { text: string; colour: string };
  /** What it waits for or what went wrong, in plain words. */
  explanation: string;
  /** Its due time, or when it was settled, in the account's zone. */
  when: string;
  /** Of a post only. */
  text: string | null;
  poll: string | null;
  networkHref: string | null;
}

/** What the reader may see and where. */
export interface View {
  slug: string;
  handle: string;
  zone: string;
  /** Whether the reader may see addresses. */
  addresses: boolean;
}

/** The order of the page: what needs a person comes first. */
export const GROUPS = [
  { title: 'Needs a person', states: ['unknown', 'held', 'refused'], empty: 'Nothing needs you.' },
  { title: 'Waiting', states: ['waiting', 'sending'], empty: 'Nothing is waiting to be sent.' },
  { title: 'Sent', states: ['sent'], empty: 'Nothing has been sent yet.' },
] as const satisfies { title: string; states: MessageState[]; empty: string }[];

const STATES: Record<MessageState, { text: string; colour: string }> = {
  unknown: { text: 'Not known', colour: 'red' },
  held: { text: 'Held', colour: 'orange' },
  refused: { text: 'Refused', colour: 'red' },
  waiting: { text: 'Waiting', colour: 'blue' },
  sending: { text: 'Being sent', colour: 'blue' },
  sent: { text: 'Sent', colour: 'green' },
  withdrawn: { text: 'Withdrawn', colour: 'grey' },
};

const EXPLANATIONS: Partial<Record<MessageState, string>> = {
  unknown: 'The network did not answer, so nobody can say whether it went out. Baton does not send a post twice.',
  held: 'It will not go out by itself.',
};

/** One message in plain words. */
export function shown(row: Message, { slug, handle, zone, addresses }: View): ShownMessage {
  const post = row.channel === 'post';
  const explanation = [explanationOf(row), row.detail].filter(Boolean).join(' ');
  return {
    id: row.id,
    href: `/team/${slug}/messages/${row.id}`,
    name: nameOf(row),
    to: post ? `@${handle}` : addresses ? addressOf(row) : 'Hidden: organisers and keepers see it',
    state: STATES[row.state],
    explanation,
    when: row.settledAt ? dateAndTime(zone, row.settledAt) : `Due ${dateAndTime(zone, row.dueAt)}`,
    text: post ? String(row.data.text ?? '') : null,
    poll: row.data.poll ? pollInWords(row.data.poll as NewPoll) : null,
    networkHref: post && row.providerRef ? `https://x.com/${handle}/status/${row.providerRef}` : null,
  };
}

/** The groups of the page with their messages in the order given. */
export function grouped(rows: Message[], view: View) {
  return GROUPS.map(({ title, states, empty }) => {
    const within = rows.filter((row) => (states as readonly MessageState[]).includes(row.state));
    return { title, empty, messages: within.map((row) => shown(row, view)) };
  });
}

function explanationOf({ state, part, nextAttemptAt }: Message): string | undefined {
  if (state === 'waiting' && part !== null && nextAttemptAt === null) return 'It waits for the parts before it.';
  return EXPLANATIONS[state];
}

function addressOf({ channel, address, data }: Message): string {
  const to = channel === 'webhook' ? data.to : address;
  return typeof to === 'string' ? to : 'Erased';
}

function nameOf({ channel, stintId, part, template, data }: Message): string {
  if (channel === 'post') {
    const of = stintId ? 'of a curator' : 'of the house';
    return part === null ? `Post ${of}` : `Part ${part} of a thread ${of}`;
  }
  const { kind } = (data.alert ?? {}) as { kind?: string };
  const words = [template, kind].filter(Boolean).join(', ').replaceAll('-', ' ');
  return `${channel === 'letter' ? 'Letter' : 'Webhook'}: ${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
