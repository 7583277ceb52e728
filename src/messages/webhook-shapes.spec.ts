import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Alert } from './alert-words.js';
import { type Told, webhookBody } from './webhook-shapes.js';

const alert: Alert = {
  kind: 'panic',
  phase: 'first',
  account: 'NHS',
  slug: 'nhs',
  zone: 'Europe/London',
  since: '2026-12-07T12:00:00.000Z',
  facts: { name: 'Grace', path: '/team/nhs' },
};
const told = (title: string, line: string): Told => ({
  delivery: 'd1',
  alert,
  words: { title, lines: [line], action: { text: 'Look', href: 'https://baton.example/team/nhs' } },
});
const bodyOf = (shape: 'slack' | 'teams' | 'json', given: Told) => JSON.parse(webhookBody(shape, given));

describe('what a webhook is sent', () => {
  it('is a text and one section for Slack', () => {
    expect(bodyOf('slack', told('A title', 'A line.'))).toEqual({
      text: 'A title',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: '*A title*\nA line.\n<https://baton.example/team/nhs|Look>' },
        },
      ],
    });
  });

  it('holds, for Slack, no link and no mention that Baton did not write', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, line) => {
        const { text, blocks } = bodyOf('slack', told(title, line));
        expect(text).not.toMatch(/[<>]/);
        expect(blocks[0].text.text.match(/[<>]/g)).toEqual(['<', '>']);
      }),
    );
  });

  it('is an Adaptive Card in a message for Teams, its text in runs that know no Markdown', () => {
    const { type, attachments } = bodyOf('teams', told('A [title](https://evil.example)', 'A line.'));
    expect([type, attachments.length, attachments[0].contentType]).toEqual([
      ...['message', 1, 'application/vnd.microsoft.card.adaptive'],
    ]);
    const { body, actions } = attachments[0].content;
    expect(
      body.map((block: { type: string; inlines: { text: string }[] }) => [block.type, block.inlines[0]?.text]),
    ).toEqual([
      ['RichTextBlock', 'A [title](https://evil.example)'],
      ['RichTextBlock', 'A line.'],
    ]);
    expect(actions).toEqual([{ type: 'Action.OpenUrl', title: 'Look', url: 'https://baton.example/team/nhs' }]);
  });

  it('says for programs what it is about, and of whom no more than the words do', () => {
    expect(bodyOf('json', told('A title', 'A line.'))).toEqual({
      delivery: 'd1',
      kind: 'panic',
      phase: 'first',
      account: 'NHS',
      since: '2026-12-07T12:00:00.000Z',
      title: 'A title',
      lines: ['A line.'],
      link: 'https://baton.example/team/nhs',
    });
  });
});
