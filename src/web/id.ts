import { Param, ParseUUIDPipe } from '@nestjs/common';
import { NotFound } from '../platform/errors.js';

/** The `:id` of an address, or another parameter; anything but a uuid is a page that does not exist. */
export const Id = (name = 'id') =>
  Param(name, new ParseUUIDPipe({ exceptionFactory: () => new NotFound('There is nothing at this address.') }));
