import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Demonstration } from '../../src/operations/demonstration/demonstration.service.js';
import { signedIn } from '../support/community.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(60_000);

let service: Service;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-09T10:30:00Z') });
  await service.app.get(Demonstration).seed();
});
afterAll(() => service?.stop());

it('the accounts of the demonstration are connected as themselves by its keeper', async () => {
  const kim = await signedIn(service, 'Kim');
  for (const handle of ['NHS', 'RiversideVoices']) {
    await kim.get(`/team/${handle.toLowerCase()}/connection`);
    expect(kim.words).toMatch(new RegExp(`Connected as\\s*@${handle}\\s*Kind.*, by Kim Adebayo`));
  }
});
