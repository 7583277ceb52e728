import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { ConnectionController } from './connection.controller.js';
import { ConnectionCare } from './connection-care.service.js';
import { ConnectionPages } from './connection-pages.service.js';
import { ConnectionReturnController } from './connection-return.controller.js';
import { Connections } from './connections.service.js';
import { Grants } from './grants.service.js';
import { HandOver } from './hand-over.service.js';
import { Holds } from './holds.service.js';
import { NetworkBudgets } from './network-budgets.service.js';
import { NetworkCosts } from './network-costs.service.js';
import { NetworkLimits } from './network-limits.service.js';
import { NetworkTokens } from './network-tokens.service.js';
import { Passwords } from './passwords.service.js';
import { ProfileAccess } from './profile-access.service.js';
import { Reveals } from './reveals.service.js';
import { Secrets } from './secrets.service.js';
import { Vault } from './vault.service.js';

/** What other parts may use. */
const SERVICES = [
  Accounts,
  ConnectionCare,
  ConnectionPages,
  Grants,
  HandOver,
  Holds,
  NetworkBudgets,
  NetworkCosts,
  NetworkTokens,
  ProfileAccess,
  Reveals,
  Secrets,
  Vault,
];

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Account])],
  controllers: [ConnectionController, ConnectionReturnController],
  providers: [...SERVICES, Connections, NetworkLimits, Passwords],
  exports: SERVICES,
})
export class CredentialsModule {}
