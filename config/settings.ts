/** Numbers that the team may want to discuss, in one place. Durations are milliseconds unless the name says otherwise. */
export const settings = {
  /** How long a decision on an application waits before its letter leaves, so that it can be undone. */
  decisionUndo: 10 * 60_000,
  /** How long a one-time link lives, unless its letter says otherwise. */
  linkLife: 15 * 60_000,
  /** How long a worker may hold a message or a step before another may take it over. Real time. */
  lease: 30_000,
  /** How long a session lives without being used, and at most. Real time. */
  sessionIdle: 12 * 60 * 60_000,
  sessionLife: 14 * 24 * 60 * 60_000,
  /** How many weeks of the rota are shown and kept in rows. */
  rotaWeeks: 26,
  /** How long an offer waits for an answer; never beyond the start of its slot. */
  offerLife: 7 * 24 * 60 * 60_000,
  /** A turn sooner than this many years after the last one gets a warning. */
  repeatTurnYears: 2,
  /** How long after a turn a password that was shown in it should be changed; keepers are reminded as often. */
  rotationDue: 24 * 60 * 60_000,
  /** Posts pulled at a time, in how many pages at most, and how often in ordinary hours. */
  feedPosts: 20,
  feedPages: 3,
  feedEvery: 5 * 60_000,
  /** How often for a while after a post; around the times when posting hours open and close; at night; unpaid. */
  feedEveryAfterPost: 60_000,
  feedAfterPost: 10 * 60_000,
  feedEveryAroundHours: 2 * 60_000,
  feedAroundHours: 15 * 60_000,
  feedEveryAtNight: 10 * 60_000,
  feedEveryWithoutCredits: 15 * 60_000,
  /** How many selections (`?limit=5`) of one version of a feed are kept rendered; the one asked for longest ago goes first. */
  feedSelections: 50,
  /** How often posts outside the page are re-checked, and how long after they were last seen at the network. */
  recheckEvery: 60 * 60_000,
  recheckAfter: 12 * 60 * 60_000,
  /** Mentions pulled at a time, in how many pages at most; how often in posting hours, outside them and at night. */
  mentionsPage: 50,
  mentionPages: 3,
  mentionsEvery: 2 * 60_000,
  mentionsEveryOutsideHours: 5 * 60_000,
  mentionsEveryAtNight: 15 * 60_000,
  /** How far back of the newest mention a look begins: a network may show a post later than newer ones. */
  mentionsOverlap: 5 * 60_000,
  /** How long before and after a turn mentions are pulled, too. */
  mentionsAround: 30 * 60_000,
  /** How soon after a look the person on duty may ask for another. */
  mentionsAgain: 60_000,
  /** How many kept mentions are looked up again at a time, how often, and how long after they were last seen at the network. */
  mentionRechecks: 20,
  mentionRecheckEvery: 60 * 60_000,
  mentionRecheckAfter: 12 * 60 * 60_000,
  /** Mentions are other people's words: how long after they were written they are kept. */
  mentionsKept: 30 * 24 * 60 * 60_000,
  /** How long before a turn its curator can read the notes of the one before. */
  notesAhead: 7 * 24 * 60 * 60_000,
  /** Entries of the log of blocks are about strangers: how long they are kept after they have ended or expired. */
  blocksKept: 180 * 24 * 60 * 60_000,
  /** How long after a turn its posts are counted for good, how often until all are, how many tries, and until when. */
  countAfter: 7 * 24 * 60 * 60_000,
  countEvery: 60 * 60_000,
  countTries: 5,
  countUntil: 30 * 24 * 60 * 60_000,
  /** Without one good pull for this long the feed is emptied to a link. */
  feedExpiry: 24 * 60 * 60_000,
  /** A process that had no word from PostgreSQL for this long says that its feeds may be out of date. Real time. */
  feedUnheard: 10_000,
  /** Largest picture that is taken from a network, in bytes and in pixels; how wide our copy is; its smaller forms. */
  pictureFetchBytes: 20 * 1024 * 1024,
  picturePixels: 50_000_000,
  pictureWidest: 1200,
  pictureWidths: [480, 800],
  /** Room on disk for our copies of networks' pictures in all their forms, bytes; what was used longest ago goes first. */
  pictureCacheBytes: 512 * 1024 * 1024,
  /** Largest picture that forms take, bytes; the desk takes larger ones (as phones make them) and makes them smaller. */
  pictureBytes: 5 * 1024 * 1024,
  deskPictureBytes: 15 * 1024 * 1024,
  /** How much of all the files of one form of the desk is held in memory, bytes; elsewhere as much as one picture. */
  deskFormBytes: 128 * 1024 * 1024,
  /** Largest video that the desk takes, bytes. X takes 512 MB. */
  filmBytes: 128 * 1024 * 1024,
  /** Time-out of every call to a network or a mail server. Real time. */
  outsideTimeout: 15_000,
  /** Time-out of a call to a webhook, from the look-up of its name to its answer. Real time. */
  webhookTimeout: 5_000,
  /** How long after an unanswered create call the timeline is first asked. */
  settleAfter: 20_000,
  /** How long after one part of a thread the next goes out: X has refused replies that came at once. */
  threadPause: 2_000,
  /** How many parts a thread may have. */
  threadParts: 10,
} as const;
