import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgreementController } from './agreement.controller.js';
import { Agreement } from './agreement.entity.js';
import { Agreements } from './agreements.service.js';
import { BlackoutController } from './blackout.controller.js';
import { Blackout } from './blackout.entity.js';
import { Blackouts } from './blackouts.service.js';
import { Candidates } from './candidates.service.js';
import { ChangeController } from './change.controller.js';
import { Changes } from './changes.service.js';
import { OfferController, OwnStintController } from './offer.controller.js';
import { OfferPages } from './offer-pages.service.js';
import { Offers } from './offers.service.js';
import { ProposalController } from './proposal.controller.js';
import { Proposals } from './proposals.service.js';
import { PublicRotaController } from './public-rota.controller.js';
import { PublicRota } from './public-rota.service.js';
import { RotaController } from './rota.controller.js';
import { RotaJobs } from './rota.jobs.js';
import { Rota } from './rota.service.js';
import { Slot } from './slot.entity.js';
import { SlotPages } from './slot-pages.service.js';
import { Slots } from './slots.service.js';
import { Stint } from './stint.entity.js';
import { StintLetters } from './stint-letters.service.js';
import { StintPages } from './stint-pages.service.js';
import { Stints } from './stints.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Slot, Stint, Agreement, Blackout])],
  controllers: [
    RotaController,
    ProposalController,
    ChangeController,
    BlackoutController,
    AgreementController,
    OfferController,
    OwnStintController,
    PublicRotaController,
  ],
  providers: [
    Agreements,
    Blackouts,
    Candidates,
    Changes,
    OfferPages,
    Offers,
    Proposals,
    PublicRota,
    Rota,
    RotaJobs,
    SlotPages,
    Slots,
    StintLetters,
    StintPages,
    Stints,
  ],
  exports: [Agreements, Blackouts, Changes, Offers, Proposals, PublicRota, Rota, Slots, Stints],
})
export class RotaModule {}
