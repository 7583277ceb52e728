import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { Grants } from './grants.service.js';
import { NetworkTokens } from './network-tokens.service.js';
import { Vault } from './vault.service.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Account])],
  providers: [Accounts, Grants, NetworkTokens, Vault],
  exports: [Accounts, Grants, NetworkTokens, Vault],
})
export class CredentialsModule {}
