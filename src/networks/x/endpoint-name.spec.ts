import { expect, it } from '@jest/globals';
import { endpointName } from './endpoint-name.js';

it.each([
  ['get', '/2/users/2244994945/tweets', 'GET users/:id/tweets'],
  ['GET', '/2/users/me', 'GET users/me'],
  ['GET', '/2/users/by/username/162880', 'GET users/by/username/:handle'],
  ['DELETE', '/2/tweets/1846987139428634858', 'DELETE tweets/:id'],
  ['POST', '/2/media/upload/1846987139428634858/append', 'POST media/upload/:id/append'],
  ['POST', '/1.1/account/update_profile.json', 'POST account/update_profile.json'],
])('the endpoint of %s %s is %s', (method, path, name) => {
  expect(endpointName(method, path)).toBe(name);
});
