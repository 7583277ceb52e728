import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { Grants } from './grants.service.js';
import { HandOver } from './hand-over.service.js';
import { Holds } from './holds.service.js';
import { NetworkCosts } from './network-costs.service.js';
import { NetworkTokens } from './network-tokens.service.js';
import { Passwords } from './passwords.service.js';
import { ProfileAccess } from './profile-access.service.js';
import { Reveals } from './reveals.service.js';
import { Secrets } from './secrets.service.js';
import { Vault } from './vault.service.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Account])],
  providers: [
    Accounts,
    Grants,
    HandOver,
    Holds,
    NetworkCosts,
    NetworkTokens,
    Passwords,
    ProfileAccess,
    Reveals,
    Secrets,
    Vault,
  ],
  exports: [Accounts, Grants, HandOver, Holds, NetworkCosts, NetworkTokens, ProfileAccess, Reveals, Secrets, Vault],
})
export class CredentialsModule {}
