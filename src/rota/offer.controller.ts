import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Allow, Public, Who } from '../web/allow.js';
import type { Page, Redirect } from '../web/answer.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { OfferPages } from './offer-pages.service.js';

/** An offer behind the link of its letter. Answering signs nobody in; looking changes nothing. */
@Controller('offers/:token')
@Public()
export class OfferController {
  constructor(private readonly pages: OfferPages) {}

  @Get()
  look(@Param('token') token: string): Promise<Page> {
    return this.pages.look({ token }, `/offers/${token}`);
  }

  @Post('confirmation')
  confirm(@Param('token') token: string, @Body() body: unknown): Promise<Page | Redirect> {
    return this.pages.confirm({ token }, `/offers/${token}`, body);
  }

  @Post('refusal')
  decline(@Param('token') token: string, @Body() body: unknown): Promise<Page | Redirect> {
    return this.pages.decline({ token }, `/offers/${token}`, body);
  }
}

/** The same for its signed-in person. */
@Controller('me/stints/:id')
@Allow('person')
export class OwnStintController {
  constructor(private readonly pages: OfferPages) {}

  @Get()
  look(@Id() stintId: string, @Who() { personId }: Principal): Promise<Page> {
    return this.pages.look({ personId, stintId }, `/me/stints/${stintId}`);
  }

  @Post('confirmation')
  confirm(@Id() stintId: string, @Who() { personId }: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    return this.pages.confirm({ personId, stintId }, `/me/stints/${stintId}`, body);
  }

  @Post('refusal')
  decline(@Id() stintId: string, @Who() { personId }: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    return this.pages.decline({ personId, stintId }, `/me/stints/${stintId}`, body);
  }
}
