import { openAt } from '../../credentials/posting-hours.js';
import {
  dayAfter,
  instantAt,
  type PostingHours,
  type SlotPattern,
  slotsFrom,
  weekAfter,
  weekOf,
} from '../../credentials/week.js';

/** A made-up person of the demonstration. */
export interface DemonstrationPerson {
  key: string;
  name: string;
  shownName: string;
  capacity: 'staff' | 'patient' | 'carer';
  role: string;
  bio: string;
  topics: string;
}

const person = (
  key: string,
  name: string,
  capacity: DemonstrationPerson['capacity'],
  role: string,
  bio: string,
  topics: string,
) => ({
  key,
  name,
  shownName: name.split(' ')[0] ?? name,
  capacity,
  role,
  bio,
  topics,
});

/** The team that runs the demonstration's accounts. */
export const team = [
  { ...person('kim', 'Kim Adebayo', 'staff', 'Head of digital', '', ''), roles: ['keeper', 'organiser'] },
  { ...person('priya', 'Priya Nair', 'staff', 'Director of communications', '', ''), roles: ['approver'] },
  { ...person('olu', 'Olu Bankole', 'staff', 'Social media manager', '', ''), roles: ['organiser'] },
  { ...person('rhian', 'Rhian Pugh', 'staff', 'Communications officer', '', ''), roles: ['reviewer'] },
] as const;

/** Curators past, present and to come, and people who wait for an answer. */
export const people = {
  ben: person(
    'ben',
    'Ben Carter',
    'staff',
    'Paramedic',
    'Twelve years on the ambulances of a seaside town.',
    'A night shift, hour by hour',
  ),
  grace: person(
    'grace',
    'Grace Hill',
    'staff',
    'Ward nurse',
    'I nurse on a stroke ward and play the tuba.',
    'What a stroke ward sounds like',
  ),
  maya: person(
    'maya',
    'Maya Lewis',
    'patient',
    'Lives with type 1 diabetes',
    'Diagnosed at nine, now a bus driver.',
    'Driving, working and living with diabetes',
  ),
  tom: person(
    'tom',
    'Tom Rees',
    'staff',
    'Physiotherapist',
    'I get people up and walking after a hip operation.',
    'Falls, and getting up again',
  ),
  sofia: person(
    'sofia',
    'Sofia Khan',
    'staff',
    'Healthcare scientist',
    'I look down a microscope so that you do not have to.',
    'Where your blood test goes',
  ),
  huw: person(
    'huw',
    'Huw Price',
    'carer',
    'Cares for his father',
    'Looking after Dad since 2021.',
    'Caring, and asking for help',
  ),
  leila: person(
    'leila',
    'Leila Aziz',
    'staff',
    'Community midwife',
    'Babies, bicycles and a very large bag.',
    'A day of home visits',
  ),
} satisfies Record<string, DemonstrationPerson>;

export const zone = 'Europe/London';

/** Monday 08:00 to Friday 18:00. */
export const pattern: SlotPattern = { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' };

const day = { opens: '08:00', closes: '20:00' };
export const hours: PostingHours = {
  zone,
  days: { 1: day, 2: day, 3: day, 4: day, 5: { opens: '08:00', closes: '18:00' } },
};

/** The demonstration's retention periods; a real deployment is asked for its own. */
export const retention = { applications: 180, curators: 730, letters: 90 };

export const agreement = `While you curate you speak as yourself, through an account that belongs to everyone.

You will not share anything that could identify a patient or a colleague without their consent.
You will not give medical advice to individuals, endorse products, or take part in party politics.
You will be kind, and you may block or ignore people who are not.
The team may pause the account or end your turn early. They will tell you why.`;

/**
 * What was posted before the demonstration begins: hours after the start of last week's slot (negative: before this
 * week's slot, by the house). Posts that would lie in the future are left out.
 */
export const posts: { week: 'last' | 'this'; afterHours: number; text: string }[] = [
  {
    week: 'last',
    afterHours: 3,
    text: 'First call of the shift: a cup of tea that went cold. Second call: a fall, a brave face and a very good dog. #NHScurator',
  },
  {
    week: 'last',
    afterHours: 52,
    text: 'People ask what is in the big green bag. Mostly reassurance. And a lot of gloves. #NHScurator',
  },
  {
    week: 'this',
    afterHours: -44,
    text: 'Thank you Ben for a week on the road. On Monday Grace takes over from a stroke ward.',
  },
  {
    week: 'this',
    afterHours: 1,
    text: 'Good morning from the stroke ward 👋 I am Grace, a ward nurse, and I will be here all week. Ask me anything. #NHScurator',
  },
  {
    week: 'this',
    afterHours: 26,
    text: 'FAST: Face, Arms, Speech, Time. If you see it, call 999. It is the most useful thing I will post all week. https://www.example.org/fast #NHScurator',
  },
];

/**
 * Where the demonstration's clock should begin so that somebody is on: null for now, else the last Wednesday at half
 * past ten.
 */
export function startingAt(now: Date): Date | null {
  const slot = slotsFrom(zone, pattern, now, 1)[0];
  if (slot && slot.startsAt <= now && openAt(hours, now)) return null;
  const monday = weekOf(zone, now);
  const wednesdays = [monday, weekAfter(monday, -1)].map((week) => instantAt(zone, dayAfter(week, 2).date, '10:30'));
  return wednesdays.find((instant) => instant <= now) ?? null;
}

/** What others wrote to the demonstration's account in this week's slot. Texts that would lie in the future are left out. */
export const mentions: { handle: string; name: string; afterHours: number; text: string }[] = [
  { handle: 'TidewaterTim', name: 'Tim', afterHours: 2, text: '@NHS who looks after the dog while you are on shift?' },
  {
    handle: 'ward_nine_knits',
    name: 'Ward Nine Knits',
    afterHours: 4,
    text: 'Loved reading this week’s curator, @NHS. What is in the green bag?',
  },
];
