import { Param, ParseUUIDPipe } from '@nestjs/common';
import { NotFound } from '../platform/errors.js';

/** The `:id` of an address; anything but a uuid is a page that does not exist. */
export const Id = () =>
  Param('id', new ParseUUIDPipe({ exceptionFactory: () => new NotFound('There is nothing at this address.') }));
