import { type Answer, type Call, type Endpoint, ok, refuse, userOf } from './call.js';
import { invalidRequest, missing } from './problems.js';
import type { User } from './rows.js';
import { userView } from './view.js';
import { askedIn, inWords } from './vocabulary.js';

export const userEndpoints: Endpoint[] = [
  {
    name: 'me',
    method: 'GET',
    path: '/2/users/me',
    scopes: ['users.read'],
    answer: (call) => found(call, userOf(call)),
  },
  {
    name: 'user',
    method: 'GET',
    path: '/2/users/by/username/:username',
    scopes: ['users.read'],
    forApps: true,
    answer: byHandle,
  },
  { name: 'user', method: 'GET', path: '/2/users/:id', scopes: ['users.read'], forApps: true, answer: byId },
];

function byHandle(call: Call): Answer {
  const { username = '' } = call.params;
  if (!/^\w{1,15}$/.test(username)) {
    const message = `The \`username\` query parameter value [${username}] does not match ^[A-Za-z0-9_]{1,15}$`;
    return refuse(invalidRequest('username', username, message));
  }
  const user = call.state.userByHandle(username);
  return user ? found(call, user) : ok({ errors: [missing('user', 'username', username)] });
}

function byId(call: Call): Answer {
  const { id = '' } = call.params;
  if (!/^\d{1,19}$/.test(id)) {
    return refuse(invalidRequest('id', id, `The \`id\` query parameter value [${id}] is not valid`));
  }
  const user = call.state.get('users', id);
  return user ? found(call, user) : ok({ errors: [missing('user', 'id', id)] });
}

function found(call: Call, user: User): Answer {
  const asked = askedIn(call.query);
  const data = inWords(asked.words, userView(call.state, user, asked, call.mediaUrl));
  return ok({ data }, { items: [{ what: 'user read', id: user.id }] });
}
