import type { Role } from '../web/principal.js';

/** One of the team's pages that are wanted less often. */
export interface MoreLink {
  text: string;
  hint: string;
  path: string;
}

export interface MoreGroup {
  title: string;
  links: MoreLink[];
}

type Line = [text: string, hint: string, path: string, roles?: Role[] | undefined, connected?: true];

const GROUPS: [title: string, lines: Line[]][] = [
  [
    'People outside',
    [
      ['Mentions', 'What people say to the account', '/mentions', ['organiser'], true],
      ['Blocks', 'Whom the account has blocked or muted, and why', '/blocks', ['organiser', 'keeper']],
      ['Insight', 'How each turn did', '/insight', undefined, true],
      ['Put the posts on a website', 'The lines to copy, with a preview', '/embed', undefined, true],
    ],
  ],
  [
    'How a turn works',
    [
      ['Tasks', 'What a handover needs a person for', '/tasks'],
      ['Checklists', 'What people do around each turn', '/checklists'],
      ['Blackouts', 'Times without curators', '/blackouts'],
      ['Agreement', 'What every curator agrees to', '/agreement'],
      ['Curators’ plans', 'What each curator means to post', '/plans', ['organiser'], true],
      ['Notes between curators', 'What one leaves for the next', '/notes', ['organiser']],
      ['What curators said', 'How they found their turns', '/feedback', ['organiser', 'keeper']],
      ['Desk', 'Who reads posts first, and how long sending can be undone', '/desk', ['organiser', 'keeper']],
    ],
  ],
  [
    'The account',
    [
      ['People', 'Who is on the team, and what they may do', '/people'],
      ['Connection', 'How the account is connected to X, and what it costs', '/connection'],
      ['Credentials', 'How curators get to post, and what is kept sealed', '/credentials', ['keeper']],
      ['Alerts', 'What the team is told without looking', '/alerts'],
      ['Audit log', 'Who did what, and when', '/audit'],
    ],
  ],
];

/** The team's pages that the menu does not name, as far as somebody with these roles may open them. */
export function moreGroups(slug: string, held: Role[], connected: boolean): MoreGroup[] {
  const open = ([, , , roles, needsConnection]: Line) =>
    (!roles || roles.some((role) => held.includes(role))) && (connected || !needsConnection);
  return GROUPS.map(([title, lines]) => ({
    title,
    links: lines.filter(open).map(([text, hint, path]) => ({ text, hint, path: `/team/${slug}${path}` })),
  }));
}
