import { z } from 'zod';
import { type Answer, type Call, type Endpoint, refuse, userOf } from './call.js';
import { forbidden, invalidRequest } from './problems.js';

const newMessage = z.object({ text: z.string().min(1).max(10_000) });

export const directMessageEndpoints: Endpoint[] = [
  {
    name: 'message',
    method: 'POST',
    path: '/2/dm_conversations/with/:id/messages',
    scopes: ['dm.write', 'dm.read', 'tweet.read', 'users.read'],
    answer: send,
  },
];

function send(call: Call): Answer {
  const sender = userOf(call);
  const to = call.state.get('users', call.params.id ?? '');
  const read = newMessage.safeParse(call.body);
  if (!read.success) return refuse(invalidRequest('text', '', 'A message needs a text of up to 10,000 characters'));
  if (!to?.acceptsMessages) return refuse(forbidden('You cannot send messages to this user.'));
  const id = call.newId();
  const pair = [sender.id, to.id].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return {
    status: 201,
    body: { data: { dm_conversation_id: pair.join('-'), dm_event_id: id } },
    act: [
      {
        put: 'messages',
        row: { id, fromId: sender.id, toId: to.id, text: read.data.text, createdAt: call.now.toISOString() },
      },
    ],
    items: [{ what: 'direct message', id }],
  };
}
