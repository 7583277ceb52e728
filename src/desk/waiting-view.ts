import { dateAndTime } from '../credentials/dates.js';
import type { Approval } from './approvals.service.js';

/** Where the posts stand that wait for the team or came back from it, in words for their author. */
export function waitingView(zone: string, approvals: Approval[]) {
  const latest = approvals.filter((each, index) => approvals.findIndex((a) => a.draftId === each.draftId) === index);
  return latest.map((approval) => ({
    draftId: approval.draftId,
    text: approval.text,
    waits: approval.state === 'waiting',
    ...stands(zone, approval),
  }));
}

function stands(zone: string, { state, dueAt, decideBy, note }: Approval) {
  const time = (at: Date) => dateAndTime(zone, at, { zone: true });
  if (state === 'waiting')
    return {
      tag: { text: 'Waits for approval', colour: 'blue' },
      says: `${dueAt ? `For ${time(dueAt)}. ` : ''}Somebody of the team decides by ${time(decideBy)}; else it comes back to you. To change it takes it back.`,
    };
  if (state === 'sent-back')
    return { tag: { text: 'Sent back', colour: 'orange' }, says: `The team wrote: “${note ?? ''}”` };
  return {
    tag: { text: 'Not read in time', colour: 'orange' },
    says: 'Nobody of the team decided in time. It did not go out; you can send it again.',
  };
}
