/** One entry of a page's menu. */
export interface NavigationItem {
  text: string;
  href: string;
  current: boolean;
}

const TEAM_PAGES = [
  ['Today', ''],
  ['Bad day', '/bad-day'],
  ['Applications', '/applications'],
  ['Rota', '/rota'],
  ['Handovers', '/handovers'],
  ['Messages', '/messages'],
  ['Feed', '/feed'],
  ['More', '/more'],
] as const;

export type TeamPage = (typeof TEAM_PAGES)[number][0];

/** The menu of the team's pages of an account; "More" leads to those that are wanted less often. */
export function teamNavigation(slug: string, current: TeamPage): NavigationItem[] {
  return TEAM_PAGES.map(([text, path]) => ({ text, href: `/team/${slug}${path}`, current: text === current }));
}
