/**
 * What a keeper accepts before a password of an X account may be kept here. A change of the text gets a new wording,
 * which has to be accepted again. Sources: X's developer policy, and X's help pages about Delegate (read in 2026).
 */
export const sealedPolicy = {
  wording: '2026-11',
  sections: [
    {
      title: 'What X says',
      text: [
        'X’s developer policy binds whoever runs Baton with an X developer app. It forbids storing the passwords of X accounts and asking people for them. Keeping this password in Baton can cost you the developer app, and with it the desk and the feed, or the account itself.',
        'X offers no way for a program to change a password, to end sessions or to change two-factor authentication. All of that is done by a person on x.com.',
      ],
    },
    {
      title: 'What does better',
      text: [
        'Baton’s desk needs no password to leave the team: the curator’s access ends at its instant by itself.',
        'X’s Delegate feature lets each curator post from their own account, with their own password and second factor, and takes one person off without disturbing anyone else. It needs an X account of the curator’s own; one person may be a delegate of about five accounts.',
      ],
    },
    {
      title: 'What Baton promises',
      text: [
        'The password is kept encrypted and shown once, to the curator whose turn it is, within that turn, after they pressed a button. It is never in a letter, a log or a link. Every showing is in the audit log.',
        'A seed for codes never leaves Baton: the curator gets the code of the moment, and each one is in the audit log.',
        'After a password was shown nobody gets access next until a keeper has changed it, or has let that pass and said why.',
      ],
    },
    {
      title: 'What Baton cannot promise',
      text: [
        'Whoever has seen the password can write it down, pass it on, sign in with it until it is changed, change it themselves, and change the email address of the account.',
        'Posts made with it are outside posting hours, pauses and holds, and Baton cannot tell them from the team’s own.',
        'A device that is signed in may stay signed in until the password is changed and every session is ended on x.com.',
      ],
    },
  ],
} as const;
